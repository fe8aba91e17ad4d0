import { readFileSync } from 'node:fs';
import { exitCodesOf, type Option, type Usage } from '../bin/usage.js';
import type { Described } from './every-command.js';

/** Characters that roff reads as something else, or prints as another one than was typed. */
const special: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  '^': '\\(ha',
  '~': '\\(ti',
  '`': '\\(ga',
};

/** A text as lines of roff: each sentence begins on a line of its own, and none is read as a macro. */
const text = (plain: string): string =>
  plain
    .replace(/[\\^~`-]/g, (character) => special[character] ?? '')
    // No hyphen is put into what a reader may copy.
    .replace(/(?<!\S)(?=\S*(?:[/$_]|\\-))/g, '\\%')
    .replace(/(?<=[.!?]) +(?=[A-Z])/g, '\n')
    .replace(/^(?=[.'])/gm, '\\&');

/** A text as one argument of a macro. */
const word = (plain: string): string => `"\\&${text(plain).replaceAll('\n', ' ').replaceAll('"', '\\(dq')}"`;

/** A list of terms, each with its text; empty without any. */
const termList = (
  items: readonly (readonly [macros: string, about: string])[],
  layout = '-width Ds',
): readonly string[] =>
  items.length === 0
    ? []
    : [`.Bl -tag ${layout}`, ...items.map(([macros, about]) => `.It ${macros}\n${text(about)}`), '.El'];

const optionMacros = ([name, option]: readonly [string, Option]): string => {
  const names = [...(option.short === undefined ? [] : [option.short]), `-${name}`].map(
    (each) => `Fl ${word(each)}`,
  );
  return `${names.join(' , ')}${option.type === 'string' ? ` Ar ${word(option.value)}` : ''}`;
};

/** The options under their headings, each group as a list of its own. */
const optionLists = (usage: Usage): readonly string[] => {
  const groups: { readonly heading: string; readonly items: (readonly [string, string])[] }[] = [
    {
      heading: '',
      items: usage.arguments.flatMap(({ name, help }) => (help ? [[`Ar ${word(name)}`, help]] : [])),
    },
  ];
  for (const each of Object.entries(usage.options)) {
    const { heading, help } = each[1];
    if (heading !== undefined && heading !== '') groups.push({ heading, items: [] });
    groups.at(-1)?.items.push([optionMacros(each), help]);
  }
  return groups.flatMap(({ heading, items }) => [
    ...(heading === '' ? [] : ['.Pp', text(heading)]),
    ...termList(items),
  ]);
};

const commandSection = ({ usage }: Described): readonly string[] => {
  const { name, forms, about, notes } = usage;
  const isExplained = forms.some(([, what]) => what !== undefined);
  return [
    `.Ss ${word(name)}`,
    ...(isExplained
      ? termList(forms.map(([form, what = '']) => [`Cm ${word(name)} No ${word(form)}`, what]))
      : forms.map(([form]) => `.D1 Nm Cm ${word(name)} No ${word(form)}`)),
    ...(about === undefined ? [] : ['.Pp', text(about)]),
    ...optionLists(usage),
    ...(notes === undefined ? [] : ['.Pp', text(notes)]),
  ];
};

/** The rows of the table below a heading of docs/operating.md, without the marks of Markdown. Throws if there is none. */
const documented = (heading: string): readonly (readonly [string, string])[] => {
  const page = readFileSync(new URL('../docs/operating.md', import.meta.url), 'utf8');
  const [, ...below] =
    page
      .slice(page.indexOf(`\n## ${heading}\n`))
      .split('\n## ')[1]
      ?.split('\n|') ?? [];
  const rows = below.slice(2).map((row) => row.split('|').map((cell) => plainText(cell)));
  if (rows.length === 0) throw new Error(`docs/operating.md has no table of ${heading}`);
  return rows.map(([term = '', about = '']) => [`Pa ${word(term)}`, about]);
};

const plainText = (cell: string): string =>
  cell
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .trim();

const environment: readonly (readonly [name: string, about: string])[] = [
  ['STATE_DIRECTORY', 'The state directory, if --state-dir is not given. systemd sets it.'],
  ['RUNTIME_DIRECTORY', 'Where the daemon keeps its status. systemd sets it.'],
  [
    'CVMQTT_PASSWORD',
    'The password for capture without a configuration directory, and for replay --to-broker.',
  ],
  ['NO_COLOR', 'If it is set and not empty, output has no colours.'],
];

/** The man page cvmqtt(1) in mdoc(7). `date` is its date in the head. */
export const manPage = (commands: readonly Described[], version: string, date: Date): string =>
  `${[
    `.Dd ${new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }).format(date)}`,
    '.Dt CVMQTT 1',
    `.Os cvmqtt ${version}`,
    '.Sh NAME',
    '.Nm cvmqtt',
    '.Nd hands the MQTT commands of a locker unit to the right app on it',
    '.Sh SYNOPSIS',
    ...commands.flatMap(({ usage: { name, forms } }) =>
      forms.map(([form]) => `.Nm\n.Cm ${word(name)}\n.No ${word(form)}`),
    ),
    '.Nm\n.Op Ar command',
    `.Fl ${word('-help')}`,
    `.Nm\n.Fl ${word('-version')}`,
    '.Sh DESCRIPTION',
    '.Nm',
    text(
      'hands each MQTT command for a locker unit to the right app on the unit, and loses none. cvmqtt run is the daemon; the other commands check it, show what it does, and help to develop apps. Each has --help.',
    ),
    ...termList(
      commands.map(({ usage, summary }) => [`Cm ${word(usage.name)}`, summary]),
      '-width dead-letters -compact',
    ),
    '.Sh COMMANDS',
    ...commands.flatMap(commandSection),
    '.Sh ENVIRONMENT',
    ...termList(environment.map(([name, about]) => [`Ev ${name}`, about])),
    '.Sh FILES',
    'Paths without a directory are in the configuration directory of cvmain.',
    ...termList(documented('Files')),
    '.Sh EXIT STATUS',
    ...termList(
      commands.map(({ usage }) => [
        `Cm ${word(usage.name)}`,
        `${exitCodesOf(usage)
          .map(([code, meaning]) => `${code} ${meaning}`)
          .join(', ')}.`,
      ]),
    ),
    '.Sh SIGNALS',
    ...termList(documented('Signals')),
  ].join('\n')}\n`;
