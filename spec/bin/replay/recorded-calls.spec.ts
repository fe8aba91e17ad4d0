import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { recordedCalls } from '../../../bin/replay/recorded-calls.js';
import { endingAfterTest, temporaryDirectory } from '../../rig/at-end.js';

const header = '{"cvmqtt_capture":1,"started_at_ms":1000,"filters":[]';
const message = (offsetMs: number, seq: number, payload = ''): string =>
  `{"seq":${seq},"topic":"a/b","qos":1,"retain":false,"offset_ms":${offsetMs},"payload":"${payload}"}`;
const recording = [
  `${header},"payloads":"full"}`,
  message(10, 1),
  '{"offset_ms":12,"called":{"seq":1,"to":null,"outcome":"away","took_ms":1}}',
  '{"offset_ms":20,"cvmain":"serves"}',
  '{"offset_ms":21,"called":{"seq":1,"to":null,"outcome":"refused","took_ms":1}}',
];

describe('what flight recorders say of calls', () => {
  const atEnd = endingAfterTest();

  const foundIn = async (
    contents: readonly (string | Uint8Array)[],
    loops = 1,
  ): Promise<readonly number[] | undefined> => {
    const directory = await temporaryDirectory(atEnd);
    const files = contents.map((_, at) => join(directory, `${at}`));
    for (const [at, content] of contents.entries()) await writeFile(files[at] ?? '', content);
    const calls = await recordedCalls({ files, loops });
    return calls && [...calls.outages.map(({ offsetMs }) => offsetMs), calls.bad];
  };

  it('is read whatever the size, and compressed', async () => {
    const text = recording.join('\n');
    expect(await foundIn([text])).to.deep.equal([9, 20, 1]);
    expect(await foundIn([gzipSync(gzipSync(text))])).to.deep.equal([9, 20, 1]);
    const [head = '', ...rest] = recording;
    const large = [head, message(5, 2, 'x'.repeat(3_000_000)), ...rest].join('\n');
    expect(await foundIn([large])).to.deep.equal([9, 20, 1]);
  });

  it('repeats with each loop, and goes on in the next file', async () => {
    const text = recording.join('\n');
    expect(await foundIn([text], 2)).to.deep.equal([9, 20, 29, 40, 2]);
    expect(await foundIn([`${header}}\n${message(70, 1)}`, text])).to.deep.equal([79, 90, 1]);
  });

  it('is unknown without a recorder’s file, and with one of another kind', async () => {
    expect(await foundIn([`${header}}\n${message(7, 1)}`])).to.equal(undefined);
    expect(await foundIn([recording.join('\n'), message(7, 1)])).to.equal(undefined);
    expect(await recordedCalls({ files: ['-'], loops: 1 })).to.equal(undefined);
    expect(await recordedCalls({ files: ['/nowhere'], loops: 1 })).to.equal(undefined);
  });
});
