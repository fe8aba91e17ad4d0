import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  type Phase,
  type SessionEffect,
  type SessionEvent,
  stepSession,
} from '../../../../lib/mqtt/session/phase.js';

const lost = { kind: 'lost', detail: 'the connection was closed' } as const;
const closed: SessionEvent = { kind: 'closed', reason: lost, otherVersion: false, allSettled: false };
const login: SessionEvent = { kind: 'login', moved: true, atOnce: true };
const accepted: SessionEvent = { kind: 'accepted', isCurrent: true };
const renewed: SessionEvent = { kind: 'login', moved: false, atOnce: true };
const due: SessionEvent = { kind: 'due' };
const settled: SessionEvent = { kind: 'settled', allSettled: true, allAcknowledged: true };

/** The phase and the effects after these events, from the start. */
const stepsOf = (...events: readonly SessionEvent[]): string[] => {
  let phase: Phase = { kind: 'offline' };
  const effects: string[] = [];
  for (const event of events) {
    const next = stepSession(phase, event);
    phase = next.phase;
    if (next.effect !== undefined) effects.push(next.effect.kind);
  }
  return [...effects, `→ ${phase.kind}`];
};

describe('phases of a session', () => {
  it('connects with the first login, and backs off when the connection is lost', () => {
    expect(stepsOf(login)).to.deep.equal(['open', '→ connecting']);
    expect(stepsOf(login, accepted)).to.deep.equal(['open', 'plan-version', '→ connected']);
    expect(stepsOf(login, accepted, closed)).to.deep.equal(['open', 'plan-version', 'back-off', '→ waiting']);
    expect(stepsOf(login, closed, due)).to.deep.equal(['open', 'back-off', 'open', '→ connecting']);
  });

  it('hands over to a new login: what was received is acknowledged first', () => {
    const planned = ['open', 'plan-version', 'plan-renewal'];
    expect(stepsOf(login, accepted, renewed)).to.deep.equal([...planned, '→ connected']);
    expect(stepsOf(login, accepted, renewed, renewed)).to.deep.equal([...planned, '→ connected']);
    expect(stepsOf(login, accepted, renewed, due, settled)).to.deep.equal([
      ...planned,
      'hand-over',
      'end',
      '→ ending',
    ]);
    expect(stepsOf(login, accepted, renewed, due, settled, closed).slice(-2)).to.deep.equal([
      'open',
      '→ connecting',
    ]);
  });

  it('hands over without a wait if the broker closes first, as the old login is no longer valid', () => {
    expect(stepsOf(login, accepted, renewed, due, closed).slice(-2)).to.deep.equal(['open', '→ connecting']);
  });

  it('drains while its window stays full', () => {
    const full = [login, accepted, { kind: 'full' }, closed] as const;
    expect(stepsOf(...full).slice(-2)).to.deep.equal(['end', '→ draining']);
    expect(stepsOf(...full, settled).slice(-2)).to.deep.equal(['open', '→ connecting']);
    expect(stepsOf(...full, renewed).slice(-1)).to.deep.equal(['→ draining']);
  });

  it('reconnects at once if a login leads to another session', () => {
    expect(stepsOf(login, login, closed)).to.deep.equal(['open', 'end', 'open', '→ connecting']);
    expect(stepsOf(login, closed, login)).to.deep.equal(['open', 'back-off', 'open', '→ connecting']);
  });

  it('still acknowledges after it was stopped, and ends when it is closed', () => {
    expect(stepsOf(login, accepted, { kind: 'stop' }).slice(-1)).to.deep.equal(['→ stopping']);
    expect(stepsOf(login, accepted, { kind: 'stop' }, { kind: 'close' }, closed).slice(-3)).to.deep.equal([
      'end',
      'ended',
      '→ stopped',
    ]);
    expect(stepsOf({ kind: 'close' })).to.deep.equal(['ended', '→ stopped']);
  });
});

describe('phases of a session, whatever happens', () => {
  const anyEvent: fc.Arbitrary<SessionEvent> = fc.oneof(
    fc.record({ kind: fc.constant('login' as const), moved: fc.boolean(), atOnce: fc.boolean() }),
    fc.record({ kind: fc.constant('accepted' as const), isCurrent: fc.boolean() }),
    fc.record({
      kind: fc.constant('closed' as const),
      reason: fc.constant(lost),
      otherVersion: fc.boolean(),
      allSettled: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('settled' as const),
      allSettled: fc.boolean(),
      allAcknowledged: fc.boolean(),
    }),
    fc.constantFrom<SessionEvent>(due, { kind: 'full' }, { kind: 'useless' }),
    fc.constantFrom<SessionEvent>({ kind: 'stop' }, { kind: 'close' }),
  );

  /** Runs the events that are possible: a connection is accepted or closed only while there is one. */
  const run = (events: readonly SessionEvent[], each: (now: Now, effect: SessionEffect) => void): Now => {
    let now: Now = { phase: { kind: 'offline' }, isOpen: false, isStopped: false };
    for (const event of events) {
      if ((event.kind === 'closed' || event.kind === 'accepted') && !now.isOpen) continue;
      const { phase, effect } = stepSession(now.phase, event);
      const isOpen = event.kind === 'closed' ? false : now.isOpen;
      const isStopped = now.isStopped || event.kind === 'stop' || event.kind === 'close';
      now = { phase, isOpen, isStopped };
      if (effect === undefined) continue;
      each(now, effect);
      if (effect.kind === 'open') now = { ...now, isOpen: true };
    }
    return now;
  };

  interface Now {
    readonly phase: Phase;
    readonly isOpen: boolean;
    readonly isStopped: boolean;
  }

  it('has one connection at a time, ends only one that is there, and opens none after a stop', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        run(events, ({ isOpen, isStopped }, effect) => {
          if (effect.kind === 'open')
            expect({ isOpen, isStopped }).to.deep.equal({ isOpen: false, isStopped: false });
          if (effect.kind === 'end' || effect.kind === 'hand-over') expect(isOpen).to.equal(true);
          if (effect.kind === 'back-off' || effect.kind === 'ended') expect(isOpen).to.equal(false);
        });
      }),
    );
  });

  it('always comes back: without a stop, timers and settlements open a connection again', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const before = run(events, () => undefined);
        if (before.isStopped) return;
        const { phase, isOpen } = run([...events, login, closed, due, settled], () => undefined);
        expect({ kind: phase.kind, isOpen }).to.deep.equal({ kind: 'connecting', isOpen: true });
      }),
    );
  });

  it('always ends after close and the end of its connection', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const effects: string[] = [];
        const { phase } = run([...events, { kind: 'close' }, closed], (_, { kind }) => effects.push(kind));
        expect(phase.kind).to.equal('stopped');
        expect(effects).to.include('ended');
      }),
    );
  });
});
