import { expect } from 'chai';
import fc from 'fast-check';
import { jsonLineOf, textLine } from '../../../bin/replay/lines.js';
import type { DeadLettered, Notified } from '../../../lib/rules/settlement.js';
import { hostileText, steering } from '../../support/hostile-text.js';
import { publishOf } from '../../support/shorthand.js';

const publish = publishOf(7, 'int1-open');

const notified = (name = 'int1-open', tookMs = 0): Notified => ({
  kind: 'notified',
  publish,
  message: {
    name,
    integration: 'int1',
    message: 'open',
    body: { text: '' },
    publish,
    lifetimeMs: Number.POSITIVE_INFINITY,
  },
  attempts: 1,
  tookMs,
});

const deadLettered = (detail: string, topic = publish.topic): DeadLettered => ({
  kind: 'dead-lettered',
  publish: { ...publish, topic },
  reason: 'undecodable',
  detail,
  attempts: 0,
  tookMs: 0,
});

describe('the line of a settlement in a replay', () => {
  it('has the time, the result and the name', () =>
    expect(textLine(notified(), 3_723_004.9)).to.equal('01:02:03.004  notified          int1-open\n'));

  it('has the time taken, if the message waited', () =>
    expect(textLine(notified('int1-open', 30_000), 30_000)).to.equal(
      '00:00:30.000  notified          int1-open, after 30.000 s\n',
    ));

  it('has the detail of a dead letter, and the topic if there is no name', () =>
    expect(textLine(deadLettered('no name'), 0)).to.equal(
      '00:00:00.000  undecodable       a message on s2u/cv12345/int1-open: no name\n',
    ));

  it('is one escaped line, whatever the message holds', () =>
    fc.assert(
      fc.property(hostileText, hostileText, (name, detail) => {
        for (const line of [
          textLine(notified(name), 0),
          textLine(deadLettered(detail, name), 0),
          jsonLineOf(notified(name), 0, 'made'),
          jsonLineOf(deadLettered(detail, name), 0, 'made'),
        ]) {
          expect(line.endsWith('\n')).to.equal(true);
          expect(steering(line.slice(0, -1))).to.deep.equal([]);
        }
      }),
    ));

  it('has all fields as JSON', () => {
    expect(JSON.parse(jsonLineOf(notified('int1-open', 12), 40, 'assumed'))).to.deep.equal({
      at_ms: 40,
      seq: 7,
      end: 'notified',
      name: 'int1-open',
      key: '130341842820',
      topic: 's2u/cv12345/int1-open',
      qos: 1,
      received_at: '1970-01-01T00:00:00.007Z',
      attempts: 1,
      took_ms: 12,
      calls: 'assumed',
    });
    expect(JSON.parse(jsonLineOf(deadLettered('why'), 40, 'made'))).to.include({
      end: 'undecodable',
      detail: 'why',
    });
  });
});
