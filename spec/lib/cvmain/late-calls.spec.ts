import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { Calls } from '../../../lib/cvmain/calls.js';
import { lateCalls } from '../../../lib/cvmain/late-calls.js';
import { status } from '../../../lib/grpc/index.js';

const answer = { resp: undefined, text: '1.2' };

/** Calls that record their arguments and answer at once. */
const noting = () => {
  const noted: unknown[] = [];
  const calls: Calls = {
    sendNotification: (request, deadlineMs, report) => {
      noted.push({ request, deadlineMs });
      report(E.right({ success: true, errMsg: '', code: 0 }));
      return () => noted.push('cancelled');
    },
    getVersion: (_request, deadlineMs, report) => {
      noted.push({ deadlineMs });
      report(E.right(answer));
      return () => noted.push('cancelled');
    },
    getProtocolVersion: () => () => undefined,
    getAuthToken: () => () => undefined,
    close: () => noted.push('closed'),
  };
  return { calls, noted };
};

describe('lateCalls', () => {
  const version = (calls: Calls) => new Promise((resolve) => calls.getVersion(undefined, 7, resolve));

  it('makes the calls that waited for the library, in their order, with their deadlines', async () => {
    const { calls, noted } = noting();
    let loaded: (calls: Calls) => void = () => undefined;
    const late = lateCalls(
      new Promise((resolve) => {
        loaded = resolve;
      }),
    );
    const request = { notification: { type: 'a-b', vals: [] }, target: { kind: 'notifier' } } as const;
    const ends = [new Promise((resolve) => late.sendNotification(request, 5, resolve)), version(late)];
    expect(noted).to.deep.equal([]);
    loaded(calls);
    expect(await Promise.all(ends)).to.deep.equal([
      E.right({ success: true, errMsg: '', code: 0 }),
      E.right(answer),
    ]);
    expect(noted).to.deep.equal([{ request, deadlineMs: 5 }, { deadlineMs: 7 }]);
  });

  it('makes no call that was cancelled before, and cancels one that was made', async () => {
    const { calls, noted } = noting();
    const late = lateCalls(Promise.resolve(calls));
    late.getVersion(undefined, 7, () => noted.push('reported'))();
    const cancel = late.getVersion(undefined, 8, () => undefined);
    await version(late);
    cancel();
    expect(noted).to.deep.equal([{ deadlineMs: 8 }, { deadlineMs: 7 }, 'cancelled']);
  });

  it('closes a library loaded after the close', async () => {
    const { calls, noted } = noting();
    const loading = Promise.resolve(calls);
    lateCalls(loading).close();
    await loading;
    expect(noted).to.deep.equal(['closed']);
  });

  it('fails each call if the library can’t be loaded, with the reason, and reports nothing for a cancelled one', async () => {
    const late = lateCalls(Promise.reject(new Error('no such file')));
    const reports: unknown[] = [];
    late.getVersion(undefined, 7, reports.push)();
    late.close();
    const details = "the gRPC library can't be loaded: no such file";
    expect(await version(late)).to.deep.equal(E.left({ code: status.UNAVAILABLE, details }));
    expect(await version(late)).to.deep.equal(E.left({ code: status.UNAVAILABLE, details }));
    expect(reports).to.deep.equal([]);
  });
});
