import { expect } from 'chai';
import { closedCleanly } from '../../../../lib/mqtt/connection/close-reason.js';
import type { CloseReason } from '../../../../lib/mqtt/connection/connection.js';
import {
  type Loss,
  looksLikeConflict,
  lossesAfter,
  suggestConflict,
} from '../../../../lib/mqtt/session/client-id-conflict.js';

const soonMs = 60_000;
const lost = (detail: string): CloseReason => ({ kind: 'lost', detail });
const takenAway: Loss = { reason: lost(closedCleanly), heldMs: 50 };

const explainedOtherwise: Readonly<Record<string, Partial<Loss>>> = {
  'a connection that held': { heldMs: soonMs },
  'one that was never accepted': { heldMs: Number.NEGATIVE_INFINITY },
  'one that the daemon ended itself': { reason: { kind: 'not-subscribed' } },
  'a broker that gives a reason (MQTT 5)': {
    reason: lost('disconnected by the broker: Server shutting down (139)'),
  },
  'a session takeover that the broker reports': { reason: { kind: 'taken-over' } },
  'an unreachable broker': { reason: { kind: 'unreachable', detail: 'connect ECONNREFUSED' } },
  'a refused login': { reason: { kind: 'refused', detail: 'Not authorized' } },
  'an unsupported version': { reason: { kind: 'unsupported-version' } },
  'an unanswered ping': { reason: lost('Keepalive timeout') },
  'a malformed packet': { reason: lost('Invalid header flag bits, must be 0x0 for puback packet') },
  ...Object.fromEntries(
    ['ECONNRESET', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'EPIPE'].map((code) => [
      `a network that fails: ${code}`,
      { reason: lost(`read ${code}`) },
    ]),
  ),
  'a TLS failure': { reason: lost('SSL routines:ssl3_read_bytes:tlsv1 alert internal error') },
};

describe('a client id conflict', () => {
  it('is likely when a connection is closed without a reason soon after it was accepted', () => {
    expect(looksLikeConflict(takenAway, soonMs)).to.equal(true);
  });

  for (const [title, changed] of Object.entries(explainedOtherwise))
    it(`is not likely after ${title}, which explains the earlier losses too`, () => {
      const loss = { ...takenAway, ...changed };
      expect(looksLikeConflict(loss, soonMs)).to.equal(false);
      expect(lossesAfter(2, loss, soonMs)).to.equal(0);
    });

  it('is suggested by three losses in a row', () => {
    let losses = 0;
    const suggested = [1, 2, 3, 4].map(() => {
      losses = lossesAfter(losses, takenAway, soonMs);
      return suggestConflict(losses);
    });
    expect(suggested).to.deep.equal([false, false, true, true]);
  });

  it('is not suggested by a broker that keeps restarting, as it is unreachable in between', () => {
    const gone: Loss = { ...takenAway, reason: { kind: 'unreachable', detail: 'connect ECONNREFUSED' } };
    let losses = 0;
    const suggested = [takenAway, gone, takenAway, gone, takenAway, gone, takenAway].map((loss) => {
      losses = lossesAfter(losses, loss, soonMs);
      return suggestConflict(losses);
    });
    expect(suggested).to.not.include(true);
  });
});
