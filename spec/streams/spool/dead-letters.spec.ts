import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { of, Subject } from 'rxjs';
import { decodeMessage } from '../../../lib/rules/delivery/deliverable.js';
import { pipeline } from '../../../streams/pipeline.js';
import type { SpoolPort } from '../../../streams/spool/spool-port.js';
import { allIsWell, answering, spoolRules } from '../../support/deps.js';
import { ending, publishOf, type Sent } from '../../support/shorthand.js';

/** A spool with one message, of the id 7, for int1. */
const spoolWith = (sent: Sent) => {
  const settled: number[] = [];
  const integrations = ['int1'];
  const spool: SpoolPort = {
    found$: of(integrations),
    has: () => integrations.length > 0,
    store: () => of(E.left('the spool is full')),
    take: () => {
      integrations.pop();
      const decoded = decodeMessage(allIsWell.decodeRules)(publishOf(-7, sent));
      return of(E.right([{ id: 7, decoded }]));
    },
    note: () => undefined,
    settled: (id) => settled.push(id),
  };
  return { settled, spool: { spool, rules: spoolRules } };
};

describe('the spool: dead letters', () => {
  for (const [title, sent] of [
    ['refused', 'int1-open'],
    ['undecodable', { json: { function: 'int1-open', timeout: 'soon' } }],
  ] as const)
    it(`a message that is ${title} stays in the spool until its dead letter is on the disk`, () => {
      const { settled, spool } = spoolWith(sent);
      const stored = new Subject<void>();
      const ends: string[] = [];
      const notify = answering(() => of({ kind: 'refused', detail: 'no' }));
      const run = new Subject<never>()
        .pipe(pipeline({ ...allIsWell, notify, spool, deadLetter: () => stored }))
        .subscribe((settlement) => ends.push(ending(settlement)));
      expect({ ends, settled }).to.deep.equal({ ends: [], settled: [] });
      stored.next();
      expect({ ends, settled }).to.deep.equal({ ends: [title], settled: [7] });
      run.unsubscribe();
    });

  it('a notified message leaves the spool', () => {
    const { settled, spool } = spoolWith('int1-open');
    new Subject<never>()
      .pipe(pipeline({ ...allIsWell, spool }))
      .subscribe()
      .unsubscribe();
    expect(settled).to.deep.equal([7]);
  });
});
