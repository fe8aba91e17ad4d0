/** Exit codes; 69, 75 and 78 are those of sysexits(3). */
export const exitCode = { good: 0, failed: 1, usage: 2, unavailable: 69, later: 75, config: 78 } as const;

type ExitCode = (typeof exitCode)[keyof typeof exitCode];

const [usage, config] = ['wrong usage', 'invalid configuration'];

/** What the exit codes of each command mean: for its `--help`, and for docs/operating.md. */
export const exitCodes = {
  run: {
    0: 'stopped by a signal',
    1: 'stopped by a second one',
    2: usage,
    75: 'another daemon uses this state directory',
    78: 'mq/cvmqtt.json is invalid',
  },
  status: {
    0: 'subscribed, and cvmain answers',
    1: 'the daemon waits for something',
    2: usage,
    69: 'no daemon runs',
  },
  check: {
    0: 'no errors',
    1: 'errors, or warnings (--strict)',
    2: usage,
    78: 'mq/cvmqtt.json is invalid',
  },
  explain: { 0: 'it would be notified', 1: 'it would not', 2: usage, 78: config },
  'dead-letters': { 0: 'success', 1: 'at least one was not delivered', 2: usage, 78: config },
  tap: { 0: 'stopped by a signal or --count', 2: usage, 78: config },
  capture: {
    0: 'success',
    1: "the output can't be written or the broker was never reached",
    2: usage,
    78: config,
  },
  replay: { 0: 'success', 1: "a capture can't be read or is broken (--strict)", 2: usage, 78: config },
  test: { 0: 'all tests passed', 1: 'a test failed or a file is broken', 2: usage, 78: config },
  demo: { 0: 'all went as expected', 1: 'something did not', 2: usage, 78: "a port can't be used" },
  dev: { 0: 'stopped by a signal', 2: usage, 78: "a port can't be used or the home is broken" },
  send: { 0: 'notified, and the app listens', 1: 'not notified, refused, or nobody listens', 2: usage },
  listen: {
    0: 'stopped by a signal',
    1: 'cvmain did not register the name',
    2: usage,
    78: "a port can't be used",
  },
  integrations: { 0: 'success', 1: 'failure', 2: usage },
  sim: { 0: 'success', 1: 'failure', 2: usage, 78: "a port can't be used or the home is broken" },
} satisfies Readonly<Record<string, Readonly<Partial<Record<ExitCode, string>>>>>;

export type CommandName = keyof typeof exitCodes;

/** Width of the help texts, columns. */
const width = 120;

/** The exit codes of a command as a sentence of its help text, in lines of up to {@link width} columns. */
export const exitCodesText = (name: CommandName): string => {
  const meanings = Object.entries(exitCodes[name]).map(([code, meaning]) => `${code} ${meaning}`);
  const [first = '', ...words] = `Exit codes: ${meanings.join(', ')}.`.split(' ');
  const lines = [first];
  for (const word of words) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length <= width) lines.splice(-1, 1, line);
    else lines.push(word);
  }
  return lines.join('\n');
};
