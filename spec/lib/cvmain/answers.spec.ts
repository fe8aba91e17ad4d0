import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import {
  outcomeOfAnswer,
  outcomeOfError,
  tokenOfAnswer,
  versionOfAnswer,
} from '../../../lib/cvmain/answers.js';
import { status } from '../../../lib/cvmain/status.js';
import type { Outcome } from '../../../lib/delivery/outcome.js';

const ok = { success: true, errMsg: '', code: 0 };
const no = { success: false, errMsg: 'not now', code: 7 };

describe('outcomeOfError', () => {
  /** design.md, decision 4: what can heal is tried again, all else is not; cvmain that is silent may be away. */
  const outcomes: Readonly<Record<keyof typeof status, Outcome['kind']>> = {
    OK: 'refused',
    CANCELLED: 'failed',
    UNKNOWN: 'refused',
    INVALID_ARGUMENT: 'refused',
    DEADLINE_EXCEEDED: 'away',
    NOT_FOUND: 'refused',
    ALREADY_EXISTS: 'refused',
    PERMISSION_DENIED: 'refused',
    RESOURCE_EXHAUSTED: 'failed',
    FAILED_PRECONDITION: 'refused',
    ABORTED: 'failed',
    OUT_OF_RANGE: 'refused',
    UNIMPLEMENTED: 'refused',
    INTERNAL: 'failed',
    UNAVAILABLE: 'away',
    DATA_LOSS: 'refused',
    UNAUTHENTICATED: 'refused',
  };
  for (const [name, kind] of Object.entries(outcomes)) {
    it(`of ${name} is ${kind}, with gRPC's words`, () => {
      const [, code = -1] = Object.entries(status).find(([key]) => key === name) ?? [];
      const error = { code: Number(code), details: 'so it said' };
      expect(outcomeOfError(error)).to.deep.equal({ kind, detail: `${name}: so it said` });
    });
  }

  it('of a status that gRPC does not have is refused', () => {
    expect(outcomeOfError({ code: Number('99'), details: 'so it said' })).to.deep.equal({
      kind: 'refused',
      detail: 'status 99: so it said',
    });
  });
});

describe('outcomeOfAnswer', () => {
  it('is accepted where cvmain says success', () => {
    expect(outcomeOfAnswer(ok)).to.deep.equal({ kind: 'accepted' });
  });

  it('is refused where cvmain does not, with its words', () => {
    const detail = 'cvmain refused it, code 7: not now';
    expect(outcomeOfAnswer(no)).to.deep.equal({ kind: 'refused', detail });
  });

  it('has no more of cvmain’s words than fit into a line', () => {
    const outcome = outcomeOfAnswer({ ...no, errMsg: 'x'.repeat(1_000_000) });
    expect(outcome).to.have.property('detail').that.has.lengthOf.below(1_100);
  });
});

describe('versionOfAnswer', () => {
  it('is the version', () => {
    expect(versionOfAnswer({ resp: ok, text: '1.2.3' })).to.deep.equal(E.right('1.2.3'));
  });

  it('is left where cvmain says no, or nothing', () => {
    expect(versionOfAnswer({ resp: no, text: '' })).to.deep.equal(
      E.left('get_version failed, code 7: not now'),
    );
    expect(versionOfAnswer({ resp: undefined, text: '' })).to.satisfy(E.isLeft);
  });
});

describe('tokenOfAnswer', () => {
  it('is the token', () => {
    expect(tokenOfAnswer({ resp: ok, text: 's3cret' })).to.deep.equal(E.right('s3cret'));
  });

  it('is undefined where there is none yet', () => {
    expect(tokenOfAnswer({ resp: ok, text: '' })).to.deep.equal(E.right(undefined));
  });

  it('is left where cvmain says no, or nothing, without a part of the answer', () => {
    expect(tokenOfAnswer({ resp: no, text: 's3cret' })).to.deep.equal(
      E.left('get_auth_token failed, code 7: not now'),
    );
    expect(tokenOfAnswer({ resp: undefined, text: 's3cret' })).to.satisfy(E.isLeft);
    expect(JSON.stringify(tokenOfAnswer({ resp: undefined, text: 's3cret' }))).to.not.include('s3cret');
  });
});
