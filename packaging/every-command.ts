import { commands } from '../bin/commands.js';
import { command as run } from '../bin/run.js';
import type { Usage } from '../bin/usage.js';

/** A command with what the list of commands says it is for. */
export interface Described {
  readonly usage: Usage;
  readonly summary: string;
}

/** All commands, in the order of the list; each is loaded. */
export const everyCommand: readonly Described[] = await Promise.all(
  Object.values(commands).map(async ([, summary, load]) => ({
    usage: (load === undefined ? run : (await load()).command).usage,
    summary,
  })),
);
