import { expect } from 'chai';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import type { Run, RunMessage } from '../../../lib/report/run.js';
import { svgReport } from '../../../lib/report/svg.js';
import { hostileText, steering } from '../../support/hostile-text.js';
import { arrived, countedRun, madeUpRun, notified, smallRun } from '../../support/runs.js';

/** A picture as an XML parser reads it. */
const readerOf = (svg: string) => {
  const seen = { elements: new Map<string, number>(), classes: new Set<string>(), text: '' };
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ local, attributes }) => {
    seen.elements.set(local, (seen.elements.get(local) ?? 0) + 1);
    const names = attributes['class'];
    if (typeof names === 'object') for (const name of names.value.split(' ')) seen.classes.add(name);
  });
  parser.on('text', (text) => {
    seen.text += `${text}\n`;
  });
  parser.write(svg).close();
  return seen;
};

const known = ['svg', 'title', 'desc', 'style', 'rect', 'text', 'g', 'path', 'circle'];

describe('svg', () => {
  it('has a lane for arrivals, the live set, each integration, each reason, and unsettled messages', () => {
    const { text, classes } = readerOf(svgReport(smallRun()));
    for (const lane of [
      'arrivals',
      'live set',
      'int1',
      'cafe',
      'vg:upgrader',
      'refused',
      'too-large',
      'not settled',
    ]) {
      expect(text).to.include(`\n${lane}\n`);
    }
    expect([...classes]).to.include.members(['band', 'arrow', 'notified', 'best-effort', 'off', 'on']);
  });

  it('summarises the run, with its percentiles', () => {
    const { text } = readerOf(svgReport(smallRun()));
    expect(text).to.include(
      '68 messages · 20 s · speed 1x · dry run · calls are assumed to succeed · 1 broken line skipped · 2026-11-23 08:03:00 UTC',
    );
    expect(text).to.include('waiting time: p50 36 ms · p90 1.6 s · p99 4.3 s · max 4.3 s');
    expect(text).to.include('+cafe');
    expect(readerOf(svgReport({ ...smallRun(), calls: 'made' })).text)
      .to.include('arrival to notification: p50 36 ms')
      .and.not.include('assumed');
  });

  it('counts the messages that are not kept one by one, in their lanes and in the percentiles', () => {
    const { text } = readerOf(svgReport(countedRun()));
    expect(text).to.include('1,000,068 messages').and.include('1,000,000 of the messages only counted');
    expect(text).to.include('\nint1\n800,051\n').and.include('\nunregistered\n50,001\n');
    expect(text).to.include('waiting time: p50 7 ms');
  });

  it('draws a run without events', () => {
    const nothing: Run = { ...smallRun(), messages: [], sets: [], durationMs: 0 };
    expect(readerOf(svgReport(nothing)).text).to.include('0 messages');
  });

  it('contains its dark colours', () => {
    expect(svgReport(smallRun())).to.match(/@media\(prefers-color-scheme:dark\)\{svg\{--/);
  });

  it('is well-formed, and shows hostile text as text only', () => {
    const hostile = fc.oneof(
      hostileText,
      fc.constantFrom('</svg>', '<script>', ']]>', '&amp;', '\ufffe', '" onload="'),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, (title, integration, detail) => {
        const bad: RunMessage = { ...arrived(5, detail), result: { at: 6, kind: 'expired', detail } };
        const messages = [notified(1, integration, 'hello'), bad];
        const sets = [{ at: 0, names: [integration] }];
        const svg = svgReport({ ...smallRun(), title, messages, sets });
        const { elements, text } = readerOf(svg);
        expect([...elements.keys()].filter((element) => !known.includes(element))).to.deep.equal([]);
        expect(steering(svg).filter((char) => char !== '\n')).to.deep.equal([]);
        expect(text).to.include(integration === '' ? '' : (/^[\w:;,. ]{1,16}/.exec(integration)?.[0] ?? ''));
      }),
      { numRuns: 200 },
    );
  });

  it('is bounded in size: many messages become columns, many integrations share a lane', () => {
    const svg = svgReport(madeUpRun({ messages: 20_000, durationMs: 60_000, integrations: 200 }));
    expect(svg.length).to.be.below(200_000);
    expect(readerOf(svg).text).to.include('189 others');
  });
});
