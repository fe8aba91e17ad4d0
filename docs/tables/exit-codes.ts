import { exitCode } from '../../bin/exit-codes.js';
import { exitCodesOf } from '../../bin/usage.js';
import { type Described, everyCommand } from '../../packaging/every-command.js';
import { markdownTable } from './table.js';

const codes = Object.values(exitCode);

const row = ({ usage }: Described): readonly string[] => {
  const meanings = new Map(exitCodesOf(usage));
  return [`\`${usage.name}\``, ...codes.map((code) => meanings.get(String(code)) ?? '')];
};

/** The exit codes of all commands. */
export const exitCodesTable = (): string =>
  markdownTable([['command', ...codes.map(String)], ...everyCommand.map(row)]);
