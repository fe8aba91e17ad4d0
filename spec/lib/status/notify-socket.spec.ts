import { expect } from 'chai';
import fc from 'fast-check';
import { notifySocketOf } from '../../../lib/status/notify-socket.js';

const address = '/run/systemd/notify';
const of = (more: NodeJS.ProcessEnv) => notifySocketOf({ NOTIFY_SOCKET: address, ...more }, 7);

describe('the environment of systemd', () => {
  it('is none without a socket, or with one of another kind', () => {
    for (const NOTIFY_SOCKET of ['', 'vsock:2:1', 'relative'])
      expect(of({ NOTIFY_SOCKET })).to.equal(undefined);
    expect(notifySocketOf({ WATCHDOG_USEC: '1000' }, 7)).to.equal(undefined);
  });

  it('has the time of the watchdog, if it is for this process', () => {
    expect(of({})).to.deep.equal({ address, watchdogMs: undefined });
    expect(of({ WATCHDOG_USEC: '300000000' })).to.deep.equal({ address, watchdogMs: 300_000 });
    expect(of({ WATCHDOG_USEC: '300000000', WATCHDOG_PID: '7' })?.watchdogMs).to.equal(300_000);
    expect(of({ WATCHDOG_USEC: '300000000', WATCHDOG_PID: '8' })?.watchdogMs).to.equal(undefined);
  });

  it('has a time above 0 or none, whatever it says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String)), (WATCHDOG_USEC) => {
        const ms = of({ WATCHDOG_USEC })?.watchdogMs;
        expect(ms === undefined || (Number.isFinite(ms) && ms > 0)).to.equal(true);
      }),
    );
  });
});
