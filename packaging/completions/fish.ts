import type { Argument } from '../../bin/usage.js';
import type { Described } from '../every-command.js';
import { type Context, contextsIn } from './context.js';

/** A word in single quotes, in which fish knows only these two escapes. */
const quoted = (word: string): string => `'${word.replace(/[\\']/g, '\\$&')}'`;

/** What completes a value, as options of `complete`. */
const candidates = ({ words = [], path }: Pick<Argument, 'words' | 'path'>): string => {
  const list = [...words, ...(path === 'directory' ? ['(__fish_complete_directories)'] : [])];
  return `${path === 'file' ? ' -F' : ''}${list.length === 0 ? '' : ` -a ${quoted(list.join(' '))}`}`;
};

const complete = (condition: string, rest: string): string =>
  `complete -c cvmqtt -n ${quoted(`__cvmqtt_at ${condition}`)} ${rest}`;

const linesOf = ({ name, options, arguments: positionals }: Context): readonly string[] => {
  const context = quoted(name);
  return [
    ...options.map(([long, option]) => {
      const { short, help, path } = option;
      const value = option.type === 'string' ? ` ${path === 'file' ? '-r' : '-x'}${candidates(option)}` : '';
      return complete(
        context,
        `${short === undefined ? '' : `-s ${short} `}-l ${long} -d ${quoted(help)}${value}`,
      );
    }),
    ...positionals
      .map((each, at) => ({ completes: candidates(each), at: each.many ? `${at}+` : `${at}` }))
      .filter(({ completes }) => completes !== '')
      .map(({ completes, at }) => complete(`${context} ${at}`, completes.trimStart())),
  ];
};

const valued = ({ name, options }: Context): readonly string[] =>
  options
    .filter(([, { type }]) => type === 'string')
    .flatMap(([long, { short }]) => [`--${long}`, ...(short === undefined ? [] : [`-${short}`])])
    .map((typed) => quoted(`${name} ${typed}`));

/** The completion for fish. */
export const fishCompletion = (commands: readonly Described[]): string => {
  const contexts = contextsIn(commands);
  const withTasks = contexts.filter(({ tasks }) => tasks.length > 0).map(({ name }) => quoted(name));
  return `# fish completion for cvmqtt, generated from the descriptions of its commands

# Whether the cursor is behind a command, or a command and a task, and at the argument with this number; with a plus
# sign, at this one or a later one.
function __cvmqtt_at -a wanted position
    set -l words (commandline -opc)
    set -l context
    set -l number 0
    set -l skips
    set -l ended
    for word in $words[2..-1]
        if set -q skips[1]
            set -e skips
        else if not set -q ended[1]; and test "$word" = --
            set ended yes
        else if not set -q ended[1]; and string match -qr -- '^-.' $word
            contains -- "$context $word" $__cvmqtt_valued; and set skips yes
        else if test -z "$context"
            set context $word
        else if contains -- $context ${withTasks.join(' ')}
            set context "$context $word"
        else
            set number (math $number + 1)
        end
    end
    test "$context" = "$wanted"; or return 1
    switch $position
        case ''
            return 0
        case '*+'
            test $number -ge (string trim -c + $position)
        case '*'
            test $number -eq $position
    end
end

# The options that are followed by a value.
set -g __cvmqtt_valued \\
    ${contexts.flatMap(valued).join(' \\\n    ')}

complete -c cvmqtt -f
complete -c cvmqtt -n '__cvmqtt_at ""' -l help -d 'list the commands'
complete -c cvmqtt -n '__cvmqtt_at ""' -l version -d 'show the version'
${commands.map(({ usage, summary }) => complete('""', `-a ${usage.name} -d ${quoted(summary)}`)).join('\n')}
${contexts.flatMap(linesOf).join('\n')}
`;
};
