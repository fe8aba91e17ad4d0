import { expect } from 'chai';
import { statusOf } from '../../../../lib/cvmain/grpc-js/status.js';
import { status } from '../../../../lib/grpc/index.js';

const circumstances = { contentType: 'application/grpc', deadlineMs: 250, isLate: false };
const of = (code: number, details: string, more: Partial<typeof circumstances> = {}) =>
  statusOf({ code, details }, { ...circumstances, ...more });

describe('the status of grpc-js', () => {
  it('is passed on, cut to 1,024 characters', () => {
    expect(of(status.NOT_FOUND, 'no such app')).to.deep.equal({ code: 5, details: 'no such app' });
    expect(of(99, 'x'.repeat(70_000))).to.deep.equal({ code: 99, details: `${'x'.repeat(1_024)}…` });
  });

  it('is no verdict if the answer has another HTTP status or content type', () => {
    expect(of(status.UNIMPLEMENTED, 'Received HTTP status code 404')).to.deep.equal({
      code: status.UNAVAILABLE,
      details: 'the answer has HTTP status 404',
    });
    const contentType = 'text/html';
    expect(of(status.UNKNOWN, 'Received HTTP status code 200', { contentType })).to.deep.equal({
      code: status.UNAVAILABLE,
      details: 'the answer is not of content type application/grpc',
    });
  });

  it('is INTERNAL if the answer has none, or one that is not a number', () => {
    const none = { code: status.INTERNAL, details: 'the answer has no grpc-status' };
    expect(of(status.UNKNOWN, 'Received HTTP status code 200')).to.deep.equal(none);
    expect(of(Number.NaN, '')).to.deep.equal(none);
  });

  it('is DEADLINE_EXCEEDED after the deadline, whoever ends the call', () => {
    const late = { code: status.DEADLINE_EXCEEDED, details: 'no answer within 250 ms' };
    expect(
      of(status.DEADLINE_EXCEEDED, 'Deadline exceeded after 0.250s,name resolution: 0.001s'),
    ).to.deep.equal(late);
    expect(of(status.CANCELLED, 'Call cancelled', { isLate: true })).to.deep.equal(late);
    expect(of(status.CANCELLED, 'Call cancelled')).to.have.property('code', status.CANCELLED);
    expect(of(status.DEADLINE_EXCEEDED, 'the database')).to.have.property('details', 'the database');
  });

  it('says why there is no connection, in the same words each time', () => {
    for (const time of ['', ' (2026-11-23T08:03:50.408Z)']) {
      const details = `No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:7777${time}. Resolution note: `;
      expect(of(status.UNAVAILABLE, details)).to.deep.equal({
        code: status.UNAVAILABLE,
        details: 'connect ECONNREFUSED 127.0.0.1:7777',
      });
    }
  });
});
