import type { Argument, Option } from '../../bin/usage.js';
import type { Described } from '../every-command.js';
import { type Context, contextsIn, quoted } from './context.js';

/** A text within a specification of `_arguments` or `_describe`. */
const escaped = (text: string): string => text.replace(/[\\:[\]]/g, '\\$&');

/** What completes a value. */
const action = ({ words = [], path }: Pick<Argument, 'words' | 'path'>): string => {
  const list = words.map(escaped).join(' ');
  // An empty list, as with an empty action zsh completes no options there, either.
  if (path === undefined) return `(${list})`;
  const paths = path === 'file' ? '_files' : '_files -/';
  return words.length === 0 ? paths : ` _cvmqtt_words_or_paths "${paths}" ${list}`;
};

const optionSpec = ([name, option]: readonly [string, Option]): string => {
  const { short, multiple, help } = option;
  const takesValue = option.type === 'string';
  const [long, brief] = takesValue ? [`--${name}=`, `-${short}+`] : [`--${name}`, `-${short}`];
  const rest = `[${escaped(help)}]${takesValue ? `:${escaped(option.value)}:${action(option)}` : ''}`;
  if (short === undefined) return quoted(`${multiple ? '*' : ''}${long}${rest}`);
  return `${quoted(multiple ? '*' : `(-${short} --${name})`)}{${brief},${long}}${quoted(rest)}`;
};

const argumentSpec = (argument: Argument, at: number): string =>
  quoted(`${argument.many ? '*' : at + 1}:${escaped(argument.name)}:${action(argument)}`);

const functionOf = (context: string): string => `_cvmqtt_${context.replace(/\W/g, '_')}`;

/** A function for a place whose first argument chooses the context of the rest. */
const choosing = (
  name: string,
  specs: readonly string[],
  contexts: readonly (readonly [word: string, context: string])[],
): string => `${name}() {
  local context state state_descr line ret=1
  typeset -A opt_args
  _arguments -C \\
    ${[...specs, quoted('*:: :->chosen')].join(' \\\n    ')} && ret=0
  [[ $state == chosen ]] && case $words[1] in
${contexts.map(([word, context]) => `    ${word}) ${functionOf(context)} && ret=0 ;;`).join('\n')}
  esac
  return ret
}
`;

const functionFor = ({ name, options, arguments: positionals, tasks }: Context): string => {
  const specs = [...options.map(optionSpec), ...positionals.map(argumentSpec)];
  if (tasks.length > 0)
    return choosing(
      functionOf(name),
      specs,
      tasks.map((task) => [task, `${name} ${task}`]),
    );
  return `${functionOf(name)}() {
  _arguments -s -S : \\
    ${specs.join(' \\\n    ')}
}
`;
};

/** The completion for zsh: the file `_cvmqtt`, for a directory of `$fpath`. */
export const zshCompletion = (commands: readonly Described[]): string => `#compdef cvmqtt
# zsh completion for cvmqtt, generated from the descriptions of its commands

_cvmqtt_words_or_paths() {
  local paths=$1
  shift
  _alternative "words:word:($*)" "paths:path:$paths"
}

${contextsIn(commands).map(functionFor).join('\n')}
_cvmqtt_names() {
  local names=(
${commands.map(({ usage, summary }) => `    ${quoted(`${escaped(usage.name)}:${summary}`)}`).join('\n')}
  )
  _describe command names
}

${choosing(
  '_cvmqtt',
  [
    quoted('(- 1 *)--help[list the commands]'),
    quoted('(- 1 *)--version[show the version]'),
    quoted('1:command:_cvmqtt_names'),
  ],
  commands.map(({ usage: { name } }) => [name, name]),
)}
_cvmqtt "$@"
`;
