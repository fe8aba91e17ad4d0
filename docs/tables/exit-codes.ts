import { exitCode, exitCodes } from '../../bin/exit-codes.js';
import { markdownTable } from './table.js';

const codes = Object.values(exitCode);

const row = ([name, meanings]: readonly [string, Readonly<Partial<Record<number, string>>>]) => [
  `\`${name}\``,
  ...codes.map((code) => meanings[code] ?? ''),
];

/** The exit codes of all commands. */
export const exitCodesTable = (): string =>
  markdownTable([['command', ...codes.map(String)], ...Object.entries(exitCodes).map(row)]);
