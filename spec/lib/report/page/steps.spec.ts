import { expect } from 'chai';
import { encodeRun } from '../../../../lib/report/encode.js';
import { decodeRun } from '../../../../lib/report/page/decode.js';
import { notificationOf, stepsOf } from '../../../../lib/report/page/steps.js';
import type { RunMessage } from '../../../../lib/report/run.js';
import { reasons } from '../../../../lib/rules/rejection.js';
import { notified, rejected, smallRun } from '../../../support/runs.js';

const linesOf = (message: RunMessage, sets = smallRun().sets): readonly string[] => {
  const run = decodeRun(encodeRun({ ...smallRun(), messages: [message], sets }));
  return stepsOf(run, 0).map(({ name, state, text }) => `${name} ${state}: ${text}`);
};

describe('report, steps', () => {
  it('describe a message that was notified at once', () => {
    expect(linesOf(notified(300, 'int1', 'open-door'))).to.deep.equal([
      'decode passed: “int1-open-door” from the payload',
      'split passed: integration “int1”, message “open-door”',
      'route passed: “int1” was registered when it arrived',
      'hold passed: not held; its lifetime is 30 s',
      'deliver passed: +0 notifier: accepted, 4 ms',
      'settle passed: notified, 4 ms after arrival',
    ]);
  });

  it('say that it was held until its app registered', () => {
    expect(linesOf(notified(5_200, 'cafe', 'show-code', { waitMs: 4_300 })).slice(2)).to.deep.equal([
      'route waited: “cafe” was not registered when it arrived',
      'hold waited: held 4.3 s, until it registered; its lifetime is 30 s',
      'deliver passed: +4.3 s notifier: accepted, 4 ms',
      'settle passed: notified, 4.304 s after arrival',
    ]);
  });

  it('list each call, or the first and the last ones of many', () => {
    const few = linesOf(notified(100, 'int1', 'a', { waitMs: 3_000, failures: 2 }))[4];
    expect(few?.split('\n')).to.deep.equal([
      'deliver passed: +0 notifier: away: cvmain did not answer, 450 ms (14 UNAVAILABLE: connection refused)',
      '+1.5 s notifier: away: cvmain did not answer, 450 ms (14 UNAVAILABLE: connection refused)',
      '+3 s notifier: accepted, 4 ms',
    ]);
    const many = linesOf(notified(100, 'int1', 'a', { waitMs: 3_000, failures: 99 }))[4];
    expect(many?.split('\n')).to.have.length(9).and.to.include('… 92 more …');
  });

  it('end where the message was dead-lettered, with the reason', () => {
    const stops = reasons.map((reason) => {
      const steps = linesOf(rejected(300, reason, 'int1-open-door', { waitMs: 40, detail: 'as it is' }));
      expect(steps.at(-1)).to.equal(`settle stopped: ${reason} after 40 ms: as it is`);
      const stopped = steps.findIndex((step) => step.includes(' stopped: '));
      expect(steps.slice(stopped + 1, -1).every((step) => step.endsWith('skipped: not reached'))).to.equal(
        true,
      );
      return [reason, steps[stopped]];
    });
    expect(stops).to.deep.equal([
      ['unsubscribed', 'decode stopped: as it is'],
      ['undecodable', 'decode stopped: as it is'],
      ['malformed-name', 'split stopped: as it is'],
      ['reserved-name', 'route stopped: as it is'],
      ['unregistered', 'hold stopped: waited 40 ms for its turn'],
      ['delivery-disabled', 'route stopped: as it is'],
      ['too-large', 'decode stopped: as it is'],
      ['refused', 'deliver stopped: as it is'],
      ['expired', 'hold stopped: waited 40 ms for its turn'],
      ['overflow', 'hold stopped: waited 40 ms for its turn'],
    ]);
  });

  it('say that a message was held until its lifetime or hold ended, and that no set was known', () => {
    const kiosk = rejected(8_200, 'unregistered', 'kiosk-hello', { waitMs: 5_000 });
    expect(linesOf(kiosk)[3]).to.equal('hold stopped: held 5 s; it did not register');
    expect(linesOf(kiosk, [])[2]).to.equal('route waited: no live set was known when it arrived');
  });

  it('say what is not settled', () => {
    const { result: _, ...waiting } = notified(19_000, 'int1', 'a');
    expect(linesOf({ ...waiting, calls: [] }).at(-1)).to.equal(
      'settle waited: not settled when the run ended, 1 s after arrival',
    );
  });

  it('have the notification as cvmain sends it, if there was one', () => {
    const run = decodeRun(
      encodeRun({
        ...smallRun(),
        messages: [notified(300, 'int1', 'open-door'), rejected(400, 'expired', 'int1-x')],
      }),
    );
    expect(notificationOf(run, 0)).to.deep.equal([
      ['type', 'int1-open-door'],
      ['integration', 'int1'],
      ['message', 'open-door'],
      ['body', '{"door":13}'],
      ['topic', 's2u/cv12345/command'],
      ['dt', '2026-11-23T08:03:00.300Z'],
    ]);
    expect(notificationOf(run, 1)).to.equal(undefined);
  });
});
