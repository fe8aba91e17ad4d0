import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as t from 'io-ts';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { contextsIn } from '../../packaging/completions/context.js';
import { everyCommand } from '../../packaging/every-command.js';
import { type AtEnd, endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd } from '../rig/child.js';
import { itWith } from '../rig/programs.js';
import { rightOf } from '../support/either.js';

const completions = fileURLToPath(new URL('../../dist/completions/', import.meta.url));
const typing = fileURLToPath(new URL('../rig/typing.py', import.meta.url));

/** A shell whose settings are in the directory `home`, beside the completions. */
const shells: Readonly<Record<string, (home: string) => readonly string[]>> = {
  bash: (home) => ['bash', '--noprofile', '--rcfile', join(home, 'bashrc'), '-i'],
  zsh: () => ['zsh', '-i'],
  fish: (home) => ['fish', '--no-config', '--init-command', `source ${home}/init.fish`],
};

const settings: Readonly<Record<string, string>> = {
  bashrc: `PS1='ready> '; . "$HOME/cvmqtt.bash"\n`,
  '.zshrc': `PS1='ready> '; fpath=("$HOME" $fpath); autoload -Uz compinit; compinit -u -D\n`,
  'init.fish': `source $HOME/cvmqtt.fish; function fish_prompt; echo -n 'ready> '; end; function fish_greeting; end\n`,
};

/** Stands for cvmqtt: writes its arguments into the FIFO. */
const program = `#!/bin/sh
{ printf '%s\\0' "$@"; printf '\\0'; } > "$HOME/fifo"
`;

/** The arguments that cvmqtt gets for each line that is typed into a shell, in a directory with files of hostile names. */
const typed = async (
  atEnd: AtEnd,
  shell: string,
  lines: readonly string[],
): Promise<readonly (readonly string[])[]> => {
  const home = await temporaryDirectory(atEnd);
  const work = join(home, 'work');
  const directories = ['unit', 'q"1 $HOME', 'bin'];
  const files = [...hostileNames, 'under.txt', '-dashed.json'];
  for (const name of directories) await mkdir(join(work, name), { recursive: true });
  for (const name of files) await writeFile(join(work, name), '');
  for (const [name, text] of Object.entries(settings)) await writeFile(join(home, name), text);
  for (const name of ['cvmqtt.bash', '_cvmqtt', 'cvmqtt.fish'])
    await copyFile(join(completions, name), join(home, name));
  await writeFile(join(work, 'bin', 'cvmqtt'), program);
  await chmod(join(work, 'bin', 'cvmqtt'), 0o755);
  runToEnd('mkfifo', [join(home, 'fifo')]);
  const args = [typing, join(home, 'fifo'), ...(shells[shell]?.(home) ?? [])];
  const { code, stdout, stderr } = runToEnd('python3', args, {
    input: JSON.stringify(lines),
    cwd: work,
    env: {
      HOME: home,
      ZDOTDIR: home,
      TERM: 'xterm',
      LANG: 'C.UTF-8',
      PATH: `${join(work, 'bin')}:${process.env['PATH'] ?? ''}`,
    },
  });
  expect(code, stderr).to.equal(0);
  expect(await readdir(work), 'no name is run as a command').to.have.members([...directories, ...files]);
  return rightOf(decodeJsonWith(t.array(t.array(t.string)))(stdout));
};

const hostileNames = ['my day.json', `it's "all".json`, 'a$(touch x)`touch y`.json', 'p:q=r.json'];

/** What is typed after `cvmqtt`, where a tab is the key, and the arguments that it then gets. */
const cases: readonly (readonly [typed: string, ...args: string[]])[] = [
  ['stat\t', 'status'],
  ['--ver\t', '--version'],
  ['check --off\t', 'check', '--offline'],
  ['check unit --off\t', 'check', 'unit', '--offline'],
  ['run --log-level de\t', 'run', '--log-level', 'debug'],
  ['run --log-level=de\t', 'run', '--log-level=debug'],
  ['tap unit --reason unr\t--json', 'tap', 'unit', '--reason', 'unregistered', '--json'],
  ['tap unit -q 1 --reason unr\t', 'tap', 'unit', '-q', '1', '--reason', 'unregistered'],
  // Directories, and no files.
  ['run u\t', 'run', 'unit/'],
  ['run --state-dir u\t', 'run', '--state-dir', 'unit/'],
  ['run --state-dir=u\t', 'run', '--state-dir=unit/'],
  ['run q\t', 'run', 'q"1 $HOME/'],
  // Files.
  ['replay un\t', 'replay', 'un'],
  ['replay my\t', 'replay', 'my day.json'],
  ['replay unit it\t', 'replay', 'unit', `it's "all".json`],
  ['replay --settings a\t', 'replay', '--settings', 'a$(touch x)`touch y`.json'],
  ['replay p\t', 'replay', 'p:q=r.json'],
  ['capture unit -o my\t', 'capture', 'unit', '-o', 'my day.json'],
  // After --, there are no options.
  ['replay --strict -- -d\t', 'replay', '--strict', '--', '-dashed.json'],
  // Neither, and still options.
  ['explain a\t', 'explain', 'a'],
  ['explain x --js\t', 'explain', 'x', '--json'],
  ['capture unit --count m\t', 'capture', 'unit', '--count', 'm'],
  ['run unit u\t', 'run', 'unit', 'u'],
  ['fly u\t', 'fly', 'u'],
  // Tasks have options of their own; replay is also a command.
  ['dead-letters rep\t', 'dead-letters', 'replay'],
  ['dead-letters replay u\t', 'dead-letters', 'replay', 'unit/'],
  ['dead-letters replay unit --dr\t', 'dead-letters', 'replay', 'unit', '--dry-run'],
  ['dead-letters show unit --dr\t', 'dead-letters', 'show', 'unit', '--dr'],
  // A word or a directory; a colon does not split a word.
  ['sim --broker mqtt://h:1 ser\t', 'sim', '--broker', 'mqtt://h:1', 'server'],
  ['sim un\t', 'sim', 'unit/'],
];

/** The shortest beginning of an option that begins no other of them; undefined if the whole option does. */
const beginning = (name: string, all: readonly string[]): string | undefined =>
  Array.from({ length: name.length - 1 }, (_, at) => name.slice(0, at + 1)).find((each) =>
    all.every((other) => other === name || !other.startsWith(each)),
  );

/** Each option behind its context, as it is typed with a tab and as it is then. */
const options = contextsIn(everyCommand).flatMap((context) => {
  const names = context.options.map(([name]) => name);
  return names.flatMap((name) => {
    const typed = beginning(name, names);
    return typed === undefined
      ? []
      : [{ line: `cvmqtt ${context.name} --${typed}\t`, args: [...context.name.split(' '), `--${name}`] }];
  });
});

describe('completion', () => {
  const atEnd = endingAfterTest();

  for (const shell of Object.keys(shells))
    itWith(shell, 'python3')(`completes in ${shell}, and quotes what it inserts`, async () => {
      const got = await typed(
        atEnd,
        shell,
        cases.map(([line]) => `cvmqtt ${line}`),
      );
      // zsh takes the slash away again as the line is run.
      const withoutSlash = (args: readonly string[]) => args.map((each) => each.replace(/\/$/, ''));
      expect(got.map(withoutSlash)).to.deep.equal(cases.map(([, ...args]) => withoutSlash(args)));
    });

  for (const shell of Object.keys(shells))
    itWith(shell, 'python3')(`completes each option in ${shell}`, async () => {
      expect(options.length).to.be.above(100);
      const got = await typed(
        atEnd,
        shell,
        options.map(({ line }) => line),
      );
      // zsh puts the sign before the value.
      expect(got.map((args) => args.map((each) => each.replace(/=$/, '')))).to.deep.equal(
        options.map(({ args }) => args),
      );
    });
});
