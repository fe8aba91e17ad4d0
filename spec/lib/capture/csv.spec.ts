import { expect } from 'chai';
import { csv } from '../../../lib/capture/csv.js';
import { bytesOf } from '../../../lib/rules/message/payload.js';
import { allOf, inPieces } from '../../support/captures.js';

const read = async (text: string, cuts: readonly number[] = []): Promise<readonly string[]> =>
  (await allOf(csv(inPieces(Buffer.from(text), cuts)))).map((record) => {
    if (record.kind === 'broken') return `${record.line}: ${record.detail}`;
    if (record.kind !== 'publish') return record.kind;
    const { topic, qos, retain, payload, receivedAt } = record.publish;
    const text = Buffer.from(bytesOf(payload)).toString('latin1');
    return `${record.offsetMs} ${new Date(receivedAt).toISOString()} ${topic} ${qos} ${retain} ${text}`;
  });

const at = '2026-11-23T08:00:00.500Z';

/** A row of mqtt-recorder, as Python's csv.writer writes it. */
const row = (topic: string, payload: string, qos = 1, retain = 'False', seconds = 0): string =>
  `${topic},${payload},${qos},${retain},${1795420800.5 + seconds},${seconds}\r\n`;

describe('csv', () => {
  it('reads topic, payload, QoS, retain and time', async () => {
    const text = row('a', 'open') + row('b', '', 0, 'True', 1.25);
    expect(await read(text, [3, 20])).to.deep.equal([
      `0 ${at} a 1 false open`,
      '1250 2026-11-23T08:00:01.750Z b 0 true ',
    ]);
  });

  it('reads quoted payloads: JSON, commas, newlines', async () => {
    const json = '{"function":"int1-a","body":"x,\\r\\ny"}';
    const text = row('a', `"${json.replaceAll('"', '""')}"`) + row('b', '"one\r\ntwo"');
    expect(await read(text, [9, 40])).to.deep.equal([
      `0 ${at} a 1 false ${json}`,
      `0 ${at} b 1 false one\r\ntwo`,
    ]);
  });

  it('decodes base64 if all payloads can be base64 and there is evidence', async () => {
    expect(await read(row('a', '/wA=') + row('b', ''))).to.deep.equal([
      `0 ${at} a 1 false \xff\0`,
      `0 ${at} b 1 false `,
    ]);
    // {"a":1 without padding
    expect(await read(row('a', 'eyJhIjox'))).to.deep.equal([`0 ${at} a 1 false {"a":1`]);
    expect(await read(row('a', 'open') + row('b', 'true'))).to.deep.equal([
      `0 ${at} a 1 false open`,
      `0 ${at} b 1 false true`,
    ]);
    expect(await read(row('a', '/wA=') + row('b', 'text!'))).to.deep.equal([
      `0 ${at} a 1 false /wA=`,
      `0 ${at} b 1 false text!`,
    ]);
  });

  it('reports broken rows, and reads on after them', async () => {
    const good = row('a', 'text!');
    const rows = ['a,b,3,False,1,0', 'a,b,1,maybe,1,0', 'a,b,1,True,noon,0', 'a,b,1,True,,0', 'a'];
    expect(await read(`${good}${rows.join('\r\n')}\r\n\r\n${good}`)).to.deep.equal([
      `0 ${at} a 1 false text!`,
      '2: column 3: expected a QoS, 0, 1 or 2',
      '3: column 4: expected True or False',
      '4: column 5: expected a time in seconds since the epoch',
      '5: column 5: expected a time in seconds since the epoch',
      '6: expected topic, payload, QoS, retain and time',
      `0 ${at} a 1 false text!`,
    ]);
  });

  it('reports each broken row once, however many quotes are wrong in it', async () => {
    const wrong = '{"a":"b","c":"d"}\n';
    const detail = 'is not a row of comma-separated values';
    expect(await read(`${row('a', 'x')}${wrong}${wrong}`)).to.deep.equal([
      `2: ${detail}`,
      `3: ${detail}`,
      `0 ${at} a 1 false x`,
    ]);
  });

  it('reports a quote that is never closed', async () => {
    const all = await read(`${row('a', 'text!')}b,"never,1,False,1,0\r\n`);
    expect(all.map((each) => each.replace(/^\d+: /, '')).sort()).to.deep.equal([
      `0 ${at} a 1 false text!`,
      'is not a row of comma-separated values',
    ]);
  });

  it('rejects if its input does', async () => {
    const failing = async function* () {
      yield Buffer.from(row('a', 'x'));
      throw new Error('the disk is gone');
    };
    expect(await allOf(csv(failing())).catch(String)).to.equal('Error: the disk is gone');
  });

  it('reads in large batches', async () => {
    const text = Array.from({ length: 1_200 }, (_, number) => row('a', `message ${number}`)).join('');
    expect(await read(text)).to.have.length(1_200);
  });
});
