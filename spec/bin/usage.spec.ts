import { expect } from 'chai';
import { helpText, synopsis, type Usage, wrapped } from '../../bin/usage.js';

const usage: Usage = {
  name: 'open',
  forms: [
    ['<dir> [options]', 'opens all'],
    ['door <dir>', 'opens one'],
  ],
  about: 'Opens lockers.',
  arguments: [{ name: 'door|all' }, { name: '<dir>', help: 'where the lockers are', path: 'directory' }],
  options: {
    quiet: { type: 'boolean', help: 'says nothing' },
    after: { heading: 'When:', type: 'string', short: 'a', value: 'TIME', help: 'not before' },
    retry: { heading: '', type: 'boolean', help: `${'again and '.repeat(12)}again` },
  },
  notes: 'Mind your fingers.',
  exitCodes: { 0: 'open', 1: 'closed', 78: 'no lockers' },
};

describe('the help text of a command', () => {
  it('has its forms, arguments, options under their headings, and exit codes in order', () => {
    expect(helpText(usage)).to.equal(`usage: cvmqtt open <dir> [options] opens all
       cvmqtt open door <dir>      opens one

Opens lockers.

  <dir>             where the lockers are
      --quiet       says nothing

When:
  -a, --after TIME  not before

      --retry       again and again and again and again and again and again and again and again and again and again and
                    again and again and again

Mind your fingers.

Exit codes: 0 open, 1 closed, 2 wrong usage, 78 no lockers.`);
  });

  it('does not indent long names where no option has a short one', () => {
    const { quiet } = usage.options;
    if (quiet === undefined) throw new Error('no option');
    expect(helpText({ ...usage, options: { quiet } })).to.match(/^ {2}--quiet +says nothing$/m);
  });

  it('has no gaps for what a command does not have', () => {
    const { forms, exitCodes } = usage;
    expect(helpText({ name: 'open', forms, arguments: [], options: {}, exitCodes })).to.not.contain('\n\n\n');
  });

  it('begins with the synopsis that wrong usage shows', () => {
    expect(helpText(usage).startsWith(`${synopsis(usage)}\n\n`)).to.equal(true);
  });

  it('is broken at blanks only, and keeps a word that is longer than a line', () => {
    const long = 'x'.repeat(130);
    expect(wrapped(`a ${long} b`, 2)).to.equal(`a\n  ${long}\n  b`);
  });
});
