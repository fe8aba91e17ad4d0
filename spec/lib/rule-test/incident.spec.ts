import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { backAtEnd } from '../../../lib/capture/outages.js';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import { defaultSettings, type Settings } from '../../../lib/config/settings.js';
import { defaultGiven } from '../../../lib/rule-test/given.js';
import { incidentOf } from '../../../lib/rule-test/incident/from-records.js';
import { writeIncident } from '../../../lib/rule-test/incident/write.js';
import { verdict } from '../../../lib/rule-test/verdict.js';
import { runRuleTest } from '../../../streams/programs/rule-test.js';
import { leftOf, rightOf } from '../../support/either.js';
import { batches, captured, setAt } from '../../support/replaying.js';
import { ruleTestsIn } from '../../support/rule-tests.js';

const givenBy = (settings: Partial<Settings>) => ({
  ...defaultGiven,
  settings: { ...defaultSettings, ...settings },
});

const cvmainAt = (offsetMs: number, serves: boolean): CaptureRecord => ({ kind: 'cvmain', offsetMs, serves });

/** A message as the server sends it. */
const envelope = (json: object) => ({ topic: 's2u/cv12345/command', json });

const write = async (records: readonly CaptureRecord[], settings: Partial<Settings> = {}) => {
  const given = givenBy(settings);
  return writeIncident(
    'c.ndjson',
    await incidentOf(
      backAtEnd(batches([records]), () => undefined),
      given,
    ),
    given,
    runRuleTest,
  );
};

/** Whether a test passes with these settings. */
const passes = (text: string, settings: Partial<Settings> = {}): readonly string[] =>
  ruleTestsIn(text, givenBy(settings)).map((test) => verdict(test, runRuleTest(test)).kind);

/** The lines without comments. */
const diagrams = (text: string): string => text.replace(/^#.*\n/gm, '');

describe('a rule test from a capture', () => {
  it('counts the broken lines, also those of one record', async () => {
    const broken = { kind: 'broken', line: 1, detail: 'is not JSON' } as const;
    const records = [setAt(0, 'int1'), { ...broken, lines: 7 }, broken, captured(1, 9, 'int1-open')];
    expect(rightOf(await write(records)).notes).to.include('8 broken lines');
  });

  it('has the first message of each kind, and what they need', async () => {
    const records = [
      setAt(0, 'int1', 'other'),
      ...[1, 2, 3, 4, 5].map((n) =>
        captured(n, n * 60_000, envelope({ function: 'int1-open', body: 'secret' })),
      ),
      setAt(400_000, 'other'),
      captured(6, 401_000, 'int1-late'),
      setAt(409_500, 'int1'),
      captured(7, 800_000, 'nodash'),
    ];
    const { text, notes } = rightOf(await write(records));
    expect(diagrams(text)).to.equal(`test c.ndjson: 2 notified, 1 malformed-name
  frame 1s
  registered int1
  set             --A--------B--
  publish         a--b---------c
  notified        a----------b--
  malformed-name  -------------c
  a = int1-open
  b = topic s2u/cv12345/int1-late text -
  c = topic s2u/cv12345/nodash text -
  A =
  B = int1
`);
    expect(text).to.contain('# 7 messages recorded, 3 here');
    expect(notes.join()).to.contain('when cvmain was away, which nothing says');
    expect(passes(text)).to.deep.equal(['passed']);
  });

  it('has the outage that a message waited for', async () => {
    const records = [
      setAt(0, 'int1'),
      cvmainAt(0, true),
      cvmainAt(5_000, false),
      captured(1, 6_000, envelope({ function: 'int1-a', timeout: 2_000 })),
      captured(2, 6_000, 'int1-b'),
      cvmainAt(20_000, true),
    ];
    const { text, notes } = rightOf(await write(records));
    expect(diagrams(text)).to.match(/^ {2}cvmain +\?-{13}\+/m);
    expect(diagrams(text)).to.match(/^ {2}expired +--a/m);
    expect(diagrams(text)).to.match(/^ {2}notified +-{14}b/m);
    expect(notes.join()).not.to.contain('nothing says');
    expect(passes(text)).to.deep.equal(['passed']);
  });

  it('fails when a setting is changed that decides, and names it', async () => {
    const settings = { hold_unregistered_ms: 5_000, calls_in_flight: 7 };
    const records = [setAt(0), captured(1, 0, 'int1-open')];
    const { text } = rightOf(await write(records, settings));
    expect(text).to.contain('#   settings {"hold_unregistered_ms":5000}\n');
    expect(passes(text, settings)).to.deep.equal(['passed']);
    expect(passes(text, { ...settings, hold_unregistered_ms: 7_000 })).to.deep.equal(['failed']);
    expect(passes(text, { ...settings, calls_in_flight: 1 })).to.deep.equal(['passed']);
  });

  it('has a name in the topic where it was, and fails when names are read elsewhere', async () => {
    const records = [setAt(0, 'int1'), captured(1, 0, { topic: 's2u/cv12345/int1-open', text: 'secret' })];
    const { text } = rightOf(await write(records));
    expect(text).to.contain('a = topic s2u/cv12345/int1-open text -').and.not.to.contain('secret');
    expect(passes(text)).to.deep.equal(['passed']);
    expect(passes(text, { name_from: 'payload' })).to.deep.equal(['failed']);
  });

  it('has an envelope for a topic that can’t be written, or says so', async () => {
    const at = (topic: string) => [setAt(0), captured(1, 0, { topic, text: 'x' })];
    const { text } = rightOf(await write(at('s2u/cv12345/int1-open it')));
    expect(text).to.contain('a = {"function":"int1-open it"}');
    expect(passes(text)).to.deep.equal(['passed']);
    expect(leftOf(await write(at('s2u/cv12345/int1-open it'), { name_from: 'topic' }))).to.contain(
      'a topic with a blank can’t be written',
    );
  });

  it('keeps the messages that another needs to be dead-lettered', async () => {
    const settings = { hold_max_messages: 2, spool_max_bytes: 0 };
    const records = [setAt(0), ...[1, 2, 3].map((n) => captured(n, n * 100, 'int1-open'))];
    const { text } = rightOf(await write(records, settings));
    expect(passes(text, settings)).to.deep.equal(['passed']);
    expect(text).to.contain('# 3 messages recorded, 3 here');
  });

  it('leaves out what needs many others, or can’t be written, and says so', async () => {
    const many = Array.from({ length: 64 }, (_, n) => captured(n + 1, 0, 'int1-open'));
    const records = [
      setAt(0),
      ...many,
      captured(65, 0, 'int2-open'),
      captured(66, 65, 'nodash'),
      captured(67, 66, { name: 'big-x', text: 'x'.repeat(40_000) }),
    ];
    const settings = { spool_max_bytes: 0 };
    const { text, notes } = rightOf(await write(records, settings));
    expect(passes(text, settings)).to.deep.equal(['passed']);
    expect(notes).to.include.members([
      '1 message, as its value would be longer than 1000 characters',
      '1 message that ended so only among many others',
    ]);
  });

  it('says why there is no test', async () => {
    expect(leftOf(await write([setAt(0)]))).to.equal('has no message');
  });

  it('passes with the same settings, whatever was recorded, within its bounds', async () => {
    const happening = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          name: fc.constantFrom('a-x', 'b-y', 'c-z', 'nodash', 'vg:q-x'),
          timeout: fc.constantFrom(undefined, 500, 3_000),
        }),
      },
      fc.subarray(['a', 'b', 'c', 'vg:q']),
      fc.boolean(),
    );
    const incidents = fc.array(fc.tuple(fc.constantFrom(0, 3, 250, 2_000, 90_000), happening), {
      minLength: 1,
      maxLength: 40,
    });
    const settings = fc.record({
      hold_unregistered_ms: fc.constantFrom(0, 1_500, 30_000),
      hold_max_messages: fc.constantFrom(1, 64),
      reserved_integrations: fc.subarray(['vg:q']),
    });
    await fc.assert(
      fc.asyncProperty(incidents, settings, async (incident, given) => {
        let at = 0;
        const records = incident.map(([gapMs, what], n): CaptureRecord => {
          at += gapMs;
          if (typeof what === 'boolean') return cvmainAt(at, what);
          if (Array.isArray(what)) return setAt(at, ...what);
          const { name, timeout } = what;
          return captured(n, at, envelope({ function: name, timeout }));
        });
        fc.pre(records.some(({ kind }) => kind === 'publish'));
        const written = await write(records, given);
        // Milliseconds that matter within minutes don't fit into one diagram.
        if (E.isLeft(written) && written.left.startsWith('is too long')) return;
        const { text } = rightOf(written);
        expect(passes(text, given)).to.deep.equal(['passed']);
        expect(
          Math.max(
            ...text
              .split('\n')
              .filter((line) => !line.startsWith('#'))
              .map((line) => line.length),
          ),
        ).to.be.at.most(1_100);
      }),
      { numRuns: 100 },
    );
  }).timeout(60_000);
});
