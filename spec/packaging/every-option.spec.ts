import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { helpText, type Option } from '../../bin/usage.js';
import { contextsIn } from '../../packaging/completions/context.js';
import { completions } from '../../packaging/completions.js';
import { everyCommand } from '../../packaging/every-command.js';
import { manPage } from '../../packaging/man.js';
import { itWith } from '../rig/programs.js';
import { cleanup, temporaryDirectory } from '../support/cleanup.js';
import { modulesIn, root } from '../support/imports.js';

/** The names of an option as they are typed. */
const namesOf = ([name, { short }]: readonly [string, Option]): readonly string[] => [
  `--${name}`,
  ...(short === undefined ? [] : [`-${short}`]),
];

/** A text without line breaks and repeated blanks. */
const flat = (text: string): string => text.replace(/\s+/g, ' ');

const contexts = contextsIn(everyCommand);

/** What is completed after a dash behind each context: all names of its options, sorted. */
const expected = contexts.map(({ name, options }) => [name, ...options.flatMap(namesOf).sort()]);

/** A character and a backspace: printers make the next one bold or underlined with it. */
const overstruck = /.[\b]/gu;

describe('every option of every command', () => {
  const atEnd = cleanup();

  const written = async (name: string, text = ''): Promise<string> => {
    const file = join(await temporaryDirectory(atEnd), name);
    await writeFile(file, text);
    return file;
  };

  /** What a program prints when it is given a page as a file. */
  const page = async (program: string, ...args: readonly string[]): Promise<string> => {
    const file = await written('cvmqtt.1', manPage(everyCommand, '1.2.3', new Date('2026-03-01T23:30:00Z')));
    return execFileSync(program, [...args, file], {
      encoding: 'utf8',
      env: { ...process.env, MANWIDTH: '100', LANG: 'C.UTF-8' },
    });
  };

  it('is in the help text of its command, with its line', () => {
    for (const { usage } of everyCommand) {
      const text = flat(helpText(usage));
      for (const option of Object.entries(usage.options)) {
        for (const name of namesOf(option)) expect(text).to.contain(` ${name}`);
        expect(text).to.contain(flat(option[1].help));
      }
    }
  });

  it('is behind the command, or behind a task of it', () => {
    for (const { usage } of everyCommand) {
      const behind = contexts.filter(({ name }) => name.split(' ')[0] === usage.name);
      const names = behind.flatMap(({ options }) => options.map(([name]) => name));
      expect(new Set(names)).to.deep.equal(new Set([...Object.keys(usage.options), 'help']));
    }
  });

  for (const [program, args] of [
    ['mandoc', ['-Tutf8']],
    ['man', ['--warnings', '-l']],
  ] as const)
    itWith(program)(`is in the man page that ${program} shows, in the section of its command`, async () => {
      const shown = (await page(program, ...args)).replaceAll(overstruck, '');
      const [, commands = ''] = shown.split('\nCOMMANDS\n');
      const sections = commands.split(/^ {2,3}(?=\S)/m).map(flat);
      for (const { usage } of everyCommand) {
        const section = sections.find((each) => each.startsWith(`${usage.name} `)) ?? '';
        for (const option of Object.entries(usage.options)) {
          for (const name of namesOf(option)) expect(section).to.match(new RegExp(`[ ,]${name}[ ,]`));
          expect(section.replace(/(?<=\S)[-‐] /g, '')).to.contain(flat(option[1].help).slice(0, 40));
        }
      }
    });

  it('is not all: the man page has the exit codes, and only environment variables that the code reads', () => {
    const text = manPage(everyCommand, '1.2.3', new Date('2026-03-01T23:30:00Z'));
    expect(text).to.match(/^\.Dd March 1, 2026\n\.Dt CVMQTT 1\n\.Os cvmqtt 1\.2\.3\n/);
    expect(text).to.contain('0 it would be notified, 1 it would not, 2 wrong usage');
    const code = ['bin', 'lib'].flatMap(modulesIn).map((module) => readFileSync(join(root, module), 'utf8'));
    const named = [...text.matchAll(/^\.It Ev (\w+)$/gm)].map(([, name = '']) => name);
    expect(named).to.include('STATE_DIRECTORY');
    expect(named.filter((name) => !code.some((each) => each.includes(`['${name}']`)))).to.deep.equal([]);
  });

  itWith('mandoc')('leaves nothing to warn about in the man page', async () => {
    expect(await page('mandoc', '-Tlint', '-Wwarning')).to.equal('');
  });

  itWith('bash')('is completed by bash, and no other', async () => {
    const file = await written('cvmqtt.bash', completions(everyCommand)['cvmqtt.bash']);
    const script = `. ${file}; compopt() { :; }
      for context; do
        COMP_LINE="cvmqtt $context -" COMP_WORDS=(cvmqtt $context -) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
        _cvmqtt
        echo "$context:\${COMPREPLY[*]}"
      done`;
    const names = contexts.map(({ name }) => name);
    const output = execFileSync('bash', ['-c', script, 'bash', ...names], { encoding: 'utf8' });
    expect(completedIn(output)).to.deep.equal(expected);
  });

  itWith('fish')('is completed by fish, and no other', async () => {
    const file = await written('cvmqtt.fish', completions(everyCommand)['cvmqtt.fish']);
    const lines = contexts.map(
      ({ name }) =>
        `echo "${name}:"(complete -C 'cvmqtt ${name} -' | string split -f1 \\t | string join ' ')`,
    );
    const output = execFileSync('fish', ['--no-config', '-c', `source ${file}; ${lines.join('; ')}`], {
      encoding: 'utf8',
    });
    expect(completedIn(output)).to.deep.equal(expected);
  });

  it('is in the function of its context for zsh', () => {
    const text = completions(everyCommand)['_cvmqtt'] ?? '';
    for (const { name, options } of contexts) {
      const body = text.split(`\n_cvmqtt_${name.replace(/\W/g, '_')}() {\n`)[1]?.split('\n}\n')[0];
      for (const option of options)
        for (const typed of namesOf(option)) expect(body).to.match(new RegExp(`['*{,]${typed}[=+,\\[}]`));
    }
  });
});

/** Lines of a context and what is completed there, sorted. */
const completedIn = (output: string): readonly (readonly string[])[] =>
  output
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [context = '', names = ''] = line.split(':');
      return [context, ...names.split(' ').sort()];
    });
