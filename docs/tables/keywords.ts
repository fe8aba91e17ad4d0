import { type InputKey, inputs, type OptionKey, options, resultKeys } from '../../lib/rule-test/lines.js';
import { markdownTable } from './table.js';

const optionTexts: Readonly<Record<OptionKey, readonly [follows: string, byDefault: string]>> = {
  frame: ['the length of a column: `100ms`, `1s`, `5m`; at most a day', '`1s`'],
  settings: ['JSON, as in `mq/cvmqtt.json`; other settings stay as they are', '[the defaults](settings.md)'],
  mq: ["JSON, as the block `mq` of cvmain's `config.json`", "cvmain's defaults"],
  filters: ['the topic filters, separated by blanks', '`s2u/cv12345/#`'],
  registered: ['the apps that are registered at the start', 'none'],
};

const inputTexts: Readonly<Record<InputKey, string>> = {
  publish: 'a letter or a digit: a message arrives',
  set: 'a letter or a digit: these apps are registered now, and no others',
  cvmain:
    'from here on, cvmain `+` accepts calls at once, `1`…`9` accepts them after that many frames, `x` refuses them, `~` fails them (they are retried), `?` is away',
};

/** Keywords of rule tests that configure. */
export const optionsTable = (): string =>
  markdownTable([
    ['keyword', 'what follows', 'default'],
    ...options.map((key) => [`\`${key}\``, ...optionTexts[key]]),
  ]);

/** Keywords of rule tests that are followed by a diagram. */
export const diagramsTable = (): string =>
  markdownTable([
    ['keyword', 'the marks'],
    ...inputs.map((key) => [`\`${key}\``, inputTexts[key]]),
    [
      resultKeys.map((key) => `\`${key}\``).join(', '),
      'a letter or a digit: the message with this letter gets this result',
    ],
  ]);
