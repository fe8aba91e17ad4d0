import { expect } from 'chai';
import { arrivalOf, receiptOf, receiptOfJson, receiptToJson } from '../../../lib/clock/receipt.js';
import { clockWith } from '../../support/clock.js';

const day = 86_400_000;
const wall = Date.UTC(2026, 0, 1);

describe('when a message was received', () => {
  it('is known by uptime within one boot, whatever the wall clock shows', () => {
    const { clock, hands } = clockWith({ uptimeMs: 5_000, wallMs: 0 });
    const receipt = receiptOf(clock, 4_000);
    hands.uptimeMs = 9_000;
    for (const wallMs of [wall, -wall, Number.NaN]) {
      hands.wallMs = wallMs;
      for (const isSynchronised of [false, true]) {
        hands.isSynchronised = isSynchronised;
        expect(arrivalOf(clock, receipt)).to.deep.equal({ arrivedAt: 4_000, isKnown: true });
      }
    }
  });

  it('is only known to be before this boot if the clock was not, or is not, synchronised', () => {
    for (const [then, now] of [
      [false, false],
      [false, true],
      [true, false],
    ] as const) {
      const { clock, hands } = clockWith({ uptimeMs: day, wallMs: wall, isSynchronised: then });
      const receipt = receiptOf(clock, day);
      Object.assign(hands, { boot: 'another', uptimeMs: 2_000, wallMs: wall + 9_000, isSynchronised: now });
      expect(arrivalOf(clock, receipt)).to.deep.equal({ arrivedAt: 0, isKnown: false });
    }
  });

  it('is known across boots if the clock was synchronised when it was stored, and is now', () => {
    // It was received with the clock at 1970, and stored once the clock was set.
    const { clock, hands } = clockWith({ uptimeMs: 8_000, wallMs: wall + 3_000, isSynchronised: true });
    const receipt = receiptOf(clock, 5_000);
    expect(receipt).to.deep.equal({ boot: 'this boot', uptimeMs: 5_000, syncedAt: wall });
    Object.assign(hands, { boot: 'another', uptimeMs: 2_000, wallMs: wall + 60_000 });
    expect(arrivalOf(clock, receipt)).to.deep.equal({ arrivedAt: -58_000, isKnown: true });
    // It is stored once more, as a dead letter, and read again by a later boot.
    const again = receiptOf(clock, -58_000);
    Object.assign(hands, { boot: 'a third', uptimeMs: 1_000, wallMs: wall + day });
    expect(arrivalOf(clock, again)).to.deep.equal({ arrivedAt: 1_000 - day, isKnown: true });
  });

  it('is unknown if the clocks contradict each other', () => {
    const { clock, hands } = clockWith({ uptimeMs: 8_000, wallMs: wall, isSynchronised: true });
    const receipt = receiptOf(clock, 8_000);
    // It would have been received after this boot began, or in the future.
    for (const wallMs of [wall + 10_000, wall - day]) {
      Object.assign(hands, { boot: 'another', uptimeMs: 20_000, wallMs });
      expect(arrivalOf(clock, receipt)).to.deep.equal({ arrivedAt: 0, isKnown: false });
    }
    // The uptime of one boot can't go back by so much.
    Object.assign(hands, { boot: 'this boot', uptimeMs: 6_000 });
    expect(arrivalOf(clock, receipt)).to.deep.equal({ arrivedAt: 0, isKnown: false });
  });

  it('is never in the future, as uptimes are rounded', () => {
    const { clock, hands } = clockWith({ uptimeMs: 5_000 });
    const receipt = receiptOf(clock, 5_000);
    hands.uptimeMs = 4_990;
    expect(arrivalOf(clock, receipt)).to.deep.equal({ arrivedAt: 4_990, isKnown: true });
  });

  it('is unknown if an earlier version stored it', () => {
    expect(arrivalOf(clockWith({ uptimeMs: 7 }).clock, undefined)).to.deep.equal({
      arrivedAt: 0,
      isKnown: false,
    });
  });
});

describe('a receipt as JSON', () => {
  it('is read as it was written', () => {
    for (const receipt of [
      { boot: 'b', uptimeMs: 7 },
      { boot: 'b', uptimeMs: -7, syncedAt: wall },
    ])
      expect(receiptOfJson(receiptToJson(receipt))).to.deep.equal(receipt);
  });

  it('leaves out an absurd wall-clock time', () => {
    const { clock } = clockWith({ wallMs: 1e15, isSynchronised: true });
    expect(receiptOf(clock, 0)).to.deep.equal({ boot: 'this boot', uptimeMs: 0 });
  });
});
