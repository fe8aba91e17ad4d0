import { bashCompletion } from './completions/bash.js';
import { fishCompletion } from './completions/fish.js';
import { zshCompletion } from './completions/zsh.js';
import type { Described } from './every-command.js';

/** The completions of the commands, by the file names under which the shells look for them. */
export const completions = (commands: readonly Described[]): Readonly<Record<string, string>> => ({
  'cvmqtt.bash': bashCompletion(commands),
  _cvmqtt: zshCompletion(commands),
  'cvmqtt.fish': fishCompletion(commands),
});
