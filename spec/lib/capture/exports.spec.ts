import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { openCapture } from '../../../lib/capture/open.js';
import { bytesOf } from '../../../lib/rules/message/payload.js';
import { allOf } from '../../support/captures.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';

interface Sent {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Since the message before, s. */
  readonly later: number;
}

const text = fc.string({ unit: 'binary' }).map((each) => each.toWellFormed());
const messages = fc.array(
  fc.record<Sent>({
    topic: text,
    payload: text,
    qos: fc.constantFrom(0, 1, 2),
    retain: fc.boolean(),
    later: fc.nat(100),
  }),
  { minLength: 1, maxLength: 20 },
);

const start = Date.parse('2026-01-01T06:00:00Z');

/** Each message with its time, ms since the epoch. */
const timed = (sent: readonly Sent[]): readonly (Sent & { readonly at: number })[] => {
  let at = start;
  return sent.map((each) => {
    at += each.later * 1_000;
    return { ...each, at };
  });
};

/** As mqtt-recorder-rs writes them: serde_json of its struct. */
const recorderRs = (sent: readonly Sent[]): string =>
  timed(sent)
    .map(({ at, topic, payload, qos, retain }) =>
      JSON.stringify({
        time: at / 1_000,
        qos,
        retain,
        topic,
        msg_b64: Buffer.from(payload).toString('base64'),
      }),
    )
    .join('\n');

const two = (number: number): string => `${number}`.padStart(2, '0');

/** A time as MQTTX writes it: `YYYY-MM-DD HH:mm:ss`, local. */
const localTime = (ms: number): string => {
  const date = new Date(ms);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

/** A connection as MQTTX exports it, with what it published, too. */
const connection = (clientId: string, sent: readonly Sent[]) => ({
  clientSession: true,
  clientId,
  name: `of ${clientId}`,
  host: '127.0.0.1',
  subscriptions: [{ topic: '#', qos: 0 }],
  messages: timed(sent).flatMap(({ at, later: _, ...message }, n) => [
    { id: `${n}`, createAt: localTime(at), out: false, ...message, properties: {} },
    { id: `${n}o`, createAt: localTime(at), out: true, ...message, payload: 'published' },
  ]),
});

const wanted = (sent: readonly Sent[]) =>
  timed(sent).map(({ at, topic, payload, qos, retain }) => ({ at, topic, payload, qos, retain }));

describe('exports of other tools', () => {
  const atEnd = cleanup();
  const recordsOf = async (content: string) => {
    const file = join(await temporaryDirectory(atEnd), 'export');
    await writeFile(file, content);
    return allOf(openCapture(file));
  };
  const read = async (content: string) =>
    (await recordsOf(content)).flatMap((record) => {
      if (record.kind !== 'publish') return [];
      const { receivedAt: at, topic, payload, qos, retain } = record.publish;
      return [{ at, topic, payload: Buffer.from(bytesOf(payload)).toString(), qos, retain }];
    });

  it('of mqtt-recorder-rs: each message is read', () =>
    fc.assert(
      fc.asyncProperty(messages, async (sent) => {
        expect(await read(recorderRs(sent))).to.deep.equal(wanted(sent));
      }),
      { numRuns: 30 },
    ));

  it('of MQTTX: what the connection received is read', () =>
    fc.assert(
      fc.asyncProperty(messages, fc.boolean(), async (sent, isPretty) => {
        const json = JSON.stringify([connection('mqttx_1', sent)], null, isPretty ? 2 : 0);
        expect(await read(json)).to.deep.equal(wanted(sent));
      }),
      { numRuns: 30 },
    ));

  const one: Sent = { topic: 't', payload: 'p', qos: 1, retain: false, later: 0 };

  it('of MQTTX: of several connections the busiest is read, which is said', async () => {
    const json = JSON.stringify([connection('a', [one]), connection('b', [one, one]), connection('c', [])]);
    const [note, ...records] = await recordsOf(json);
    expect(note).to.include({ kind: 'note', isUnread: false });
    expect(note).to.have.property('detail', 'has 3 connections of MQTTX: reading what "of b" received');
    expect(records).to.have.length(2);
  });

  it('of MQTTX: a single connection, a broken message, and one without messages or cut off', async () => {
    const { messages: good, ...rest } = connection('a', [one]);
    const single = { ...rest, messages: [{}, { ...good[0], createAt: 'today' }, ...good] };
    const kinds = (await recordsOf(JSON.stringify(single, null, 2))).map(({ kind }) => kind);
    expect(kinds).to.deep.equal(['broken', 'broken', 'publish']);
    for (const content of [JSON.stringify([connection('a', [])]), '[{"clientId":"a","messages":[{']) {
      const records = await recordsOf(content);
      expect(records).to.have.length(1);
      expect(records[0]).to.include({ kind: 'note', isUnread: true });
    }
  });
});
