import { expect } from 'chai';
import fc from 'fast-check';
import { Gate } from '../../../../lib/rules/delivery/gate.js';

describe('Gate', () => {
  it('serves waiting callers in order, and skips withdrawn ones', () => {
    const gate = new Gate<string>(1);
    gate.entered();
    for (const caller of ['a', 'b', 'c']) gate.queued(caller);
    gate.withdrawn('b');
    expect(gate.next()).to.equal(undefined);
    gate.left();
    expect([gate.next(), gate.next(), gate.next()]).to.deep.equal(['a', 'c', undefined]);
  });

  it('admits no call while cvmain is away, and reports the absence once', () => {
    const gate = new Gate<string>(2);
    gate.entered();
    expect([gate.away(), gate.away()]).to.deep.equal([true, false]);
    gate.queued('a');
    gate.left();
    expect([gate.isOpen, gate.idle, gate.next()]).to.deep.equal([false, true, undefined]);
    gate.back();
    expect([gate.isOpen, gate.next()]).to.deep.equal([true, 'a']);
    expect(gate.away()).to.equal(true);
  });

  it('never exceeds its limit, and forgets no waiting caller', () => {
    const event = fc.constantFrom('asks', 'asks', 'ends', 'away', 'back', 'withdraws');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(event, { maxLength: 60, size: 'max' }),
        (limit, events) => {
          const gate = new Gate<number>(limit);
          const waiting: number[] = [];
          let [inFlight, isAway, count] = [0, false, 0];
          const enter = (): void => {
            gate.entered();
            inFlight += 1;
            expect(inFlight).to.be.at.most(limit);
            expect(isAway).to.equal(false);
          };
          for (const each of events) {
            if (each === 'asks') {
              count += 1;
              if (gate.isOpen) enter();
              else {
                gate.queued(count);
                waiting.push(count);
              }
            } else if (each === 'ends' && inFlight > 0) {
              gate.left();
              inFlight -= 1;
            } else if (each === 'away') isAway = gate.away() || isAway;
            else if (each === 'back') {
              gate.back();
              isAway = false;
            } else if (each === 'withdraws') gate.withdrawn(waiting.pop() ?? 0);
            for (let next = gate.next(); next !== undefined; next = gate.next()) {
              expect(next).to.equal(waiting.shift());
              enter();
            }
            expect(gate.idle).to.equal(inFlight === 0);
            if (waiting.length > 0) expect(isAway || inFlight === limit).to.equal(true);
          }
        },
      ),
    );
  });
});
