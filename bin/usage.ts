import { type ExitCode, exitCode } from './exit-codes.js';

/** How a shell completes a value: with one of these words, or with the path of a file or a directory. */
interface Completion {
  readonly words?: readonly string[];
  readonly path?: 'file' | 'directory';
}

interface AnyOption extends Completion {
  readonly short?: string;
  readonly multiple?: boolean;
  readonly help: string;
  /** A line above this option and those that follow; empty for a blank line. */
  readonly heading?: string;
}

/** An option: as `parseArgs` of Node.js takes it, and how it is shown. `value` is what its value is called. */
export type Option =
  | (AnyOption & { readonly type: 'boolean'; readonly default?: boolean })
  | (AnyOption & { readonly type: 'string'; readonly default?: string; readonly value: string });

/** Options by their long names. */
export type Options = Readonly<Record<string, Option>>;

/** A positional argument. Without `help`, it is only in the synopsis. */
export interface Argument extends Completion {
  readonly name: string;
  readonly help?: string;
  /** Whether it may be repeated. Only the last one may. */
  readonly many?: boolean;
}

/** The argument of the commands that need a unit. */
export const configDirectory: Argument = {
  name: '<config-dir>',
  help: "cvmain's configuration directory",
  path: 'directory',
};

/**
 * The description of a command. Its parser, its help text, its section of the man page and its completions come from
 * here, so each option is written once.
 */
export interface Usage {
  readonly name: string;
  /** The ways to call it, after its name, each with what it does if there are several. */
  readonly forms: readonly (readonly [form: string, about?: string])[];
  readonly about?: string;
  readonly arguments: readonly Argument[];
  readonly options: Options;
  /** The options by the first argument, if that decides which ones there are. Together they are `options`. */
  readonly tasks?: Readonly<Record<string, Options>>;
  readonly notes?: string;
  /** What each exit code means, apart from that of wrong usage. */
  readonly exitCodes: Readonly<Partial<Record<Exclude<ExitCode, 2>, string>>>;
}

/** Width of help texts, columns. */
const width = 120;

/** Breaks a line at blanks, where it is longer than {@link width} columns. The lines after the first are indented. */
export const wrapped = (line: string, indent = 0): string => {
  const [first = '', ...words] = line.split(' ');
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length <= width) lines.splice(-1, 1, longer);
    else lines.push(' '.repeat(indent) + word);
  }
  return lines.join('\n');
};

/** Rows of two columns: a label and its text, with a gap between them. */
export const columns = (rows: readonly (readonly [label: string, text: string])[], gap: number): string[] => {
  const start = Math.max(...rows.map(([label]) => label.length)) + gap;
  return rows.map(([label, text]) => wrapped(text === '' ? label : label.padEnd(start) + text, start));
};

/** The ways to call a command. */
export const synopsis = ({ name, forms }: Usage): string =>
  columns(
    forms.map(([form, about = ''], at) => [
      `${at === 0 ? 'usage:' : '      '} cvmqtt ${name} ${form}`,
      about,
    ]),
    1,
  ).join('\n');

/** The exit codes of a command, with what each means. */
export const exitCodesOf = ({ exitCodes }: Usage): readonly (readonly [code: string, meaning: string])[] =>
  Object.entries({ ...exitCodes, [exitCode.usage]: 'wrong usage' });

/** What is typed for an option: its short and its long name, and the name of its value. */
const labelOf = (name: string, option: Option, indent: string): string => {
  const names = option.short === undefined ? `${indent}--${name}` : `-${option.short}, --${name}`;
  return option.type === 'string' ? `${names} ${option.value}` : names;
};

interface Entry {
  readonly label: string;
  readonly help: string;
  readonly heading?: string;
}

/** The arguments and options, a row each. */
const list = (usage: Usage): string => {
  const options = Object.entries(usage.options);
  const indent = options.some(([, { short }]) => short !== undefined) ? '    ' : '';
  const entries: readonly Entry[] = [
    ...usage.arguments.flatMap(({ name, help }) => (help === undefined ? [] : [{ label: name, help }])),
    ...options.map(([name, option]) => ({ ...option, label: labelOf(name, option, indent) })),
  ];
  const rows = columns(
    entries.map(({ label, help }) => [`  ${label}`, help]),
    2,
  );
  return rows
    .flatMap((row, at) => {
      const heading = entries[at]?.heading;
      return heading === undefined ? [row] : ['', ...(heading === '' ? [] : [heading]), row];
    })
    .join('\n');
};

/** The help text of a command. */
export const helpText = (usage: Usage): string => {
  const { about = '', notes = '' } = usage;
  const exits = exitCodesOf(usage).map(([code, meaning]) => `${code} ${meaning}`);
  return [
    synopsis(usage),
    wrapped(about),
    list(usage),
    wrapped(notes),
    wrapped(`Exit codes: ${exits.join(', ')}.`),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
};
