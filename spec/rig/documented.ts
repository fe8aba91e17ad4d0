import { readFileSync } from 'node:fs';

/** A command on a page of the documentation, with the output shown there. */
export interface Documented {
  readonly args: readonly string[];
  readonly output: string;
}

/** The commands in a page's blocks of console, in order: each begins with `$ cvmqtt`, and its output follows. */
export const documented = (page: string): readonly Documented[] => {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```console\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block
      .split(/^\$ cvmqtt /m)
      .slice(1)
      .map((command) => {
        const [line = '', ...output] = command.split('\n');
        const args = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
        return { args, output: output.join('\n') };
      }),
  );
};

/** A block of code on a page: its language, and its text without the last line's end. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The blocks of code after an anchor of a page, up to the next one. */
export const blocksAt = (page: string, anchor: string): readonly Block[] => {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const [, section = ''] = text.split(`<a id="${anchor}"></a>`);
  const [own = ''] = section.split('<a id=');
  return [...own.matchAll(/^```(\w+)\n(.*?)\n```$/gms)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }));
};

/** The commands in a block of console, and the lines of output shown there. */
export const sessionOf = ({
  text,
}: Block): {
  readonly commands: readonly string[];
  readonly output: readonly string[];
} => {
  const lines = text.split('\n');
  const isCommand = (line: string): boolean => line.startsWith('$ ');
  return {
    commands: lines.filter(isCommand).map((line) => line.slice(2)),
    output: lines.filter((line) => !isCommand(line) && line !== ''),
  };
};

/** An output without what varies between runs: times and durations. */
export const timeless = (output: string): string =>
  output
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/ +(\d+(\.\d+)? (ms|s|min|h)\b ?)+/g, ' <duration> ')
    .trimEnd();

/** A pattern of a whole output from what a page shows: a line with only `…` matches any lines. */
export const shown = (output: string): RegExp => {
  const lines = output.trimEnd().split('\n');
  const patterns = lines.map((line) =>
    line === '…' ? '(?:.*\n)*' : `${line.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}\n`,
  );
  return new RegExp(`^${patterns.join('')}$`);
};
