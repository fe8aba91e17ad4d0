import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { parseLetter } from '../../../lib/dead-letters/letter.js';
import { letterLine, spoolLine } from '../../../lib/diag/stored.js';
import { acceptedLine, doneLine, messageLine } from '../../../lib/storage/spool/spool-record.js';
import { lineOf } from '../../rig/letters.js';
import { rightOf } from '../../support/either.js';
import { publishOf } from '../../support/shorthand.js';

const payload = 'open the third door';

describe('what is stored', () => {
  const letter = rightOf(parseLetter(lineOf({ name: 'int1-open', text: payload }), 'abcd'));
  const spooled = (publish = publishOf(1, { name: 'int1-open', text: payload })) =>
    messageLine(7, { integration: 'int1', publish, receipt: { boot: 'b', uptimeMs: 1 } }).trimEnd();

  it('is shown without payload, with its size', () => {
    const line = letterLine(letter, undefined, false);
    expect(JSON.parse(line)).to.include({ id: 'abcd', reason: 'unregistered', name: 'int1-open' });
    const message = rightOf(spoolLine(spooled(), false));
    expect(JSON.parse(message)).to.include({ id: 7, integration: 'int1' });
    for (const each of [line, message]) {
      expect(JSON.parse(each)).to.have.property('payload_bytes', payload.length);
      expect(each).to.not.contain('door');
    }
  });

  it('is shown with payload where it is asked for, also one that is not UTF-8', () => {
    expect(letterLine(letter, undefined, true)).to.contain('third door');
    expect(rightOf(spoolLine(spooled(), true))).to.contain('third door');
    const binary = { ...publishOf(1, 'int1-open'), payload: { bytes: Buffer.from([0xff]) } };
    expect(rightOf(spoolLine(spooled(binary), true))).to.contain('"payload_b64":"/w=="');
  });

  it('shows what was settled and accepted, and no other field', () => {
    const shown = (line: string) => rightOf(spoolLine(line, true));
    expect(shown(doneLine([1, 2]).trimEnd())).to.equal('{"done":[1,2]}');
    expect(shown(acceptedLine(3, ['notifier']).trimEnd())).to.equal('{"id":3,"accepted":["notifier"]}');
    expect(shown('{"done":[1],"payload":"x"}')).to.equal('{"done":[1]}');
    expect(E.isLeft(spoolLine('{"torn', true))).to.equal(true);
  });
});
