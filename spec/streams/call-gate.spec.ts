import { assert } from 'chai';
import { defer, NEVER, Subject, throwError } from 'rxjs';
import { CallGate, type CallGateDeps } from '../../streams/call-gate.js';

const gateWith = (changed: Partial<CallGateDeps>): CallGate<string> =>
  new CallGate({ callsInFlight: 2, whenServing$: NEVER, back: () => {}, error: () => {}, ...changed });

describe('CallGate', () => {
  it('lets so many in, and the next when one has left', () => {
    const gate = gateWith({});
    assert.deepEqual([gate.enter('a'), gate.enter('b'), gate.enter('c')], [true, true, false]);
    assert.isUndefined(gate.next());
    gate.leave();
    assert.equal(gate.next(), 'c');
    assert.isTrue(gate.enter('c'));
    assert.isFalse(gate.enter('d'));
  });

  it('gives places in the order in which callers were turned away', () => {
    const gate = gateWith({ callsInFlight: 1 });
    for (const caller of ['a', 'b', 'c', 'd']) gate.enter(caller);
    gate.leave();
    assert.deepEqual([gate.next(), gate.next(), gate.next(), gate.next()], ['b', 'c', 'd', undefined]);
  });

  it('passes over who has withdrawn', () => {
    const gate = gateWith({ callsInFlight: 1 });
    for (const caller of ['a', 'b', 'c']) gate.enter(caller);
    gate.withdraw('b');
    gate.leave();
    assert.equal(gate.next(), 'c');
  });

  it('is idle while no call is in flight', () => {
    const gate = gateWith({});
    assert.isTrue(gate.idle);
    gate.enter('a');
    assert.isFalse(gate.idle);
    gate.leave();
    assert.isTrue(gate.idle);
  });

  it('lets nobody in while cvmain is away, whoever leaves', () => {
    const gate = gateWith({});
    gate.enter('a');
    gate.away();
    assert.isFalse(gate.enter('b'));
    gate.leave();
    assert.isUndefined(gate.next());
  });

  it('opens again when cvmain serves, and says whether it was really down', () => {
    const whenServing$ = new Subject<number>();
    const back: boolean[] = [];
    const gate = gateWith({ whenServing$, back: (wasDown) => back.push(wasDown) });
    gate.away();
    gate.enter('a');
    whenServing$.next(3);
    assert.equal(gate.next(), 'a');
    gate.away();
    whenServing$.next(0);
    assert.deepEqual(back, [true, false]);
    assert.isTrue(gate.enter('b'));
  });

  it('probes once, however often cvmain is found away', () => {
    let probes = 0;
    const whenServing$ = defer(() => {
      probes += 1;
      return NEVER;
    });
    const gate = gateWith({ whenServing$ });
    gate.away();
    gate.away();
    assert.equal(probes, 1);
  });

  it('probes no longer once it is closed', () => {
    const whenServing$ = new Subject<number>();
    const gate = gateWith({ whenServing$ });
    gate.away();
    assert.isTrue(whenServing$.observed);
    gate.close();
    assert.isFalse(whenServing$.observed);
  });

  it('passes an error of the probe on', () => {
    const bugs: unknown[] = [];
    gateWith({ whenServing$: throwError(() => 'bug'), error: (bug) => bugs.push(bug) }).away();
    assert.deepEqual(bugs, ['bug']);
  });
});
