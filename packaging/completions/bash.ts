import type { Argument, Option } from '../../bin/usage.js';
import type { Described } from '../every-command.js';
import { type Context, contextsIn, quoted } from './context.js';

/** Sets what completes a value. */
const assignments = ({ words = [], path }: Pick<Argument, 'words' | 'path'>): string =>
  [
    ...(words.length === 0 ? [] : [`words=${quoted(words.join(' '))}`]),
    ...(path === undefined ? [] : [`path=${path}`]),
  ].join(' ');

const namesOf = ([name, { short }]: readonly [string, Option]): readonly string[] => [
  `--${name}`,
  ...(short === undefined ? [] : [`-${short}`]),
];

/** A branch of `case`, for places behind a context. */
const branch = (context: string, places: readonly string[], commands: string): string =>
  `    ${places.map((place) => `${quoted(`${context} `)}${place}`).join(' | ')})${` ${commands}`.trimEnd()} ;;`;

const branchesOf = ({ name, options, arguments: positionals }: Context): readonly string[] => [
  branch(name, ['-'], `words=${quoted(options.flatMap(namesOf).join(' '))}`),
  ...options
    .filter(([, { type }]) => type === 'string')
    .map((each) => branch(name, namesOf(each), assignments(each[1]))),
  ...positionals.flatMap((each, at) => {
    const sets = assignments(each);
    return sets === '' ? [] : [branch(name, [each.many ? '[0-9]*' : `${at}`], sets)];
  }),
];

/** The completion for bash: a function that needs nothing but bash 4. */
export const bashCompletion = (commands: readonly Described[]): string => {
  const contexts = contextsIn(commands);
  const first = [...commands.map(({ usage }) => usage.name), '--help', '--version'];
  const withTasks = contexts.filter(({ tasks }) => tasks.length > 0).map(({ name }) => name);
  return `# bash completion for cvmqtt, generated from the descriptions of its commands

# What can be typed at a place: sets words and path. The place is a context (a command, or a command and a task) and "-"
# for an option, the name of an option for its value, or a number for that argument. Fails for an option without a value.
__cvmqtt_at() {
  words= path=
  case $1 in
${contexts.flatMap(branchesOf).join('\n')}
    *' '[0-9]*) ;;
    *) return 1 ;;
  esac
}

_cvmqtt() {
  local IFS=$' \\t\\n' typed=() rest=$COMP_LINE i word words path
  # readline splits words at = and :, too.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((i > 0)) && [[ $rest != [[:blank:]]* ]]; then
      typed[\${#typed[@]} - 1]+=$word
    else
      typed+=("$word")
      rest=\${rest#"\${rest%%[![:blank:]]*}"}
    fi
    rest=\${rest#"$word"}
  done

  local last=$((\${#typed[@]} - 1)) context= number=0 option= ended=
  for ((i = 1; i < last; i++)); do
    word=\${typed[i]}
    if [[ $option ]]; then
      option=
    elif [[ ! $ended && $word == -- ]]; then
      ended=yes
    elif [[ ! $ended && $word == -?* ]]; then
      if __cvmqtt_at "$context $word"; then option=$word; fi
    elif [[ ! $context ]]; then
      context=$word
    elif [[ ${withTasks.map((name) => `$context == ${quoted(name)}`).join(' || ')} ]]; then
      context+=" $word"
    else
      ((number += 1))
    fi
  done

  local current=\${typed[last]}
  if [[ ! $context ]]; then
    words=${quoted(first.join(' '))}
  elif [[ $option ]]; then
    __cvmqtt_at "$context $option"
  elif [[ ! $ended && $current == --*=* ]]; then
    __cvmqtt_at "$context \${current%%=*}"
    current=\${current#*=}
  elif [[ ! $ended && $current == -* ]]; then
    __cvmqtt_at "$context -"
  else
    __cvmqtt_at "$context $number"
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  # readline completes paths by itself, and quotes them, if there is nothing else.
  case $path in
    file) compopt -o default ;;
    directory) compopt -o dirnames ;;
  esac
}

complete -F _cvmqtt cvmqtt
`;
};
