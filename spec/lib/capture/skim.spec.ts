import { expect } from 'chai';
import fc from 'fast-check';
import { concatenated } from '../../../lib/capture/concatenate.js';
import { ndjson } from '../../../lib/capture/ndjson.js';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { selected } from '../../../lib/capture/select.js';
import { Skim } from '../../../lib/capture/skim.js';
import type { Moment } from '../../../lib/capture/skip.js';
import { headerLine, presenceLine, publishLine, setLine } from '../../../lib/capture/write-line.js';
import { allOf, collected, inPieces, withBuffers } from '../../support/captures.js';

const t0 = Date.parse('2026-01-01T00:00:00Z');

interface Part {
  readonly kind: 'publish' | 'set' | 'cvmain' | 'start' | 'other';
  /** Since the part before, ms. */
  readonly later: number;
}

/** A capture as `cvmqtt capture` writes it, appended to and edited. */
const textOf = (parts: readonly Part[], isMissingHeader: boolean): string => {
  let startedAt = t0;
  let offsetMs = 0;
  const header = (): string =>
    headerLine({ startedAt, filters: ['a/#'], broker: 'mqtt://b:1', mqttVersion: '5', clientId: 'c' });
  const lines: (string | undefined)[] = isMissingHeader ? [] : [header()];
  for (const [at, { kind, later }] of parts.entries()) {
    offsetMs += later;
    if (kind === 'start') {
      // The clock may be set back between captures.
      startedAt += offsetMs + (at % 3 === 0 ? -300 : 200);
      offsetMs = 0;
      lines.push(header());
    } else if (kind === 'set') {
      lines.push(setLine({ kind, offsetMs, integrations: new Map([[`int${at}`, { name: `int${at}` }]]) }));
    } else if (kind === 'cvmain') lines.push(presenceLine({ kind, offsetMs, serves: at % 2 === 0 }));
    else if (kind === 'other') lines.push(['', 'torn', '{"offset_ms":1}'][at % 3]);
    else {
      const receivedAt = Math.floor(startedAt + offsetMs);
      const flags = { seq: 0, qos: 1, retain: false, dup: false } as const;
      const publish = { ...flags, topic: 'a/b', payload: { text: `{"n":${at}}` }, receivedAt };
      lines.push(publishLine({ kind, offsetMs, publish }));
    }
  }
  return `${lines.join('\n')}\n`;
};

const part = fc.record<Part>({
  kind: fc.oneof(
    { weight: 30, arbitrary: fc.constant('publish' as const) },
    fc.constantFrom('set' as const, 'cvmain' as const, 'start' as const, 'other' as const),
  ),
  later: fc.nat(50),
});

const moment: fc.Arbitrary<Moment> = fc.oneof(
  fc.nat(3_000).map((offsetMs) => ({ offsetMs })),
  fc.nat(3_000).map((ms) => ({ wallMs: t0 + ms })),
);

describe('Skim', () => {
  it('changes nothing but the work: the same records, numbers of lines and of publishes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(part, { maxLength: 100 }), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 40 }),
        moment,
        async (files, isMissingHeader, cuts, from) => {
          const texts = files.map((parts) => Buffer.from(textOf(parts, isMissingHeader)));
          const all = async (skims: boolean): Promise<readonly CaptureRecord[]> => {
            const captures = texts.map((text, at) => ({
              name: `file ${at}`,
              open: (place: { readonly endMs: number }) =>
                ndjson(inPieces(text, cuts), skims ? { before: from, place } : undefined),
            }));
            return withBuffers(await allOf(selected({ from }, concatenated(captures))));
          };
          expect(await all(true)).to.deep.equal(await all(false));
        },
      ),
    ));

  it('reads only the last publish of a chunk that is before the moment', async () => {
    const publishes = Array.from({ length: 1_000 }, () => ({ kind: 'publish', later: 10 }) as const);
    const text = textOf([{ kind: 'set', later: 0 }, ...publishes], false);
    let read = 0;
    const skip = { before: { offsetMs: 9_000 }, place: { endMs: 0 } };
    const reader = {
      canPass: true,
      pass: () => undefined,
      mark: () => () => undefined,
      read: (line: string): CaptureRecord => {
        read += 1;
        const json: { offset_ms: number } = JSON.parse(line);
        const publish = {
          seq: 1,
          topic: '',
          payload: { text: '' },
          qos: 1,
          retain: false,
          dup: false,
          receivedAt: 0,
        } as const;
        return { kind: 'publish', offsetMs: json.offset_ms, publish };
      },
    };
    const cuts = Array.from({ length: 19 }, (_, at) => Math.floor((text.length * (at + 1)) / 20));
    const chunks = await collected(new Skim(skip, reader).chunks(inPieces(Buffer.from(text), cuts)));
    expect(read).to.be.within(17, 20);
    expect(Buffer.concat(chunks).length).to.be.below(text.length / 4);
  });
});
