import type { Argument, Option, Usage } from '../../bin/usage.js';
import type { Described } from '../every-command.js';

/** A place on the command line: behind a command, or behind the task of one, with what can be typed there. */
export interface Context {
  /** The command, or the command and the task, separated by a blank. */
  readonly name: string;
  readonly options: readonly (readonly [name: string, option: Option])[];
  readonly arguments: readonly Argument[];
  /** The tasks that the first argument chooses from, if there are any: each is a context of its own. */
  readonly tasks: readonly string[];
}

const help = ['help', { type: 'boolean', help: 'show the help text' }] as const;

const contextsOf = ({ name, options, arguments: positionals, tasks }: Usage): readonly Context[] => {
  if (tasks === undefined)
    return [{ name, options: [...Object.entries(options), help], arguments: positionals, tasks: [] }];
  const [task, ...others] = positionals;
  return [
    { name, options: [help], arguments: task === undefined ? [] : [task], tasks: Object.keys(tasks) },
    ...Object.entries(tasks).map(([chosen, ofTask]) => ({
      name: `${name} ${chosen}`,
      options: [...Object.entries(ofTask), help],
      arguments: others,
      tasks: [],
    })),
  ];
};

/** All contexts, a command before its tasks. */
export const contextsIn = (commands: readonly Described[]): readonly Context[] =>
  commands.flatMap(({ usage }) => contextsOf(usage));

/** A word in single quotes, for a shell that takes every character between them literally. */
export const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
