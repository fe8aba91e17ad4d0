import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import {
  outcomeOfAnswer,
  outcomeOfError,
  tokenOfAnswer,
  versionOfAnswer,
} from '../../../lib/cvmain/answers.js';
import type { Outcome } from '../../../lib/delivery/outcome.js';

const ok = { success: true, errMsg: '', code: 0 };
const no = { success: false, errMsg: 'not now', code: 7 };

describe('outcomeOfError', () => {
  /** design.md, decision 4: what can heal is tried again, all else is not; cvmain that is silent may be away. */
  const outcomes: Readonly<Record<keyof typeof status, Outcome['kind']>> = {
    OK: 'refused',
    CANCELLED: 'refused',
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

  const wrong: readonly [unknown, string][] = [
    [{}, 'field success: expected boolean, found nothing'],
    [{ ...ok, success: 'true' }, 'field success: expected boolean, found a string'],
    [{ ...ok, code: '0' }, 'field code: expected number, found a string'],
  ];
  for (const [answer, detail] of wrong) {
    it(`takes no acceptance from ${JSON.stringify(answer)}`, () => {
      const outcome = { kind: 'refused', detail: `cvmain's answer is wrong: ${detail}` };
      expect(outcomeOfAnswer(answer)).to.deep.equal(outcome);
    });
  }

  it('takes no acceptance from nothing', () => {
    expect(outcomeOfAnswer(undefined).kind).to.equal('refused');
  });
});

describe('versionOfAnswer', () => {
  it('is the version', () => {
    expect(versionOfAnswer({ resp: ok, version: '1.2.3' })).to.deep.equal(E.right('1.2.3'));
  });

  it('is left where cvmain says no, or something else', () => {
    expect(versionOfAnswer({ resp: no, version: '' })).to.deep.equal(
      E.left('get_version failed, code 7: not now'),
    );
    expect(versionOfAnswer({ resp: null, version: '' })).to.satisfy(E.isLeft);
  });
});

describe('tokenOfAnswer', () => {
  it('is the token', () => {
    expect(tokenOfAnswer({ resp: ok, token: 's3cret' })).to.deep.equal(E.right('s3cret'));
  });

  it('is undefined where there is none yet', () => {
    expect(tokenOfAnswer({ resp: ok, token: '' })).to.deep.equal(E.right(undefined));
  });

  it('is left where cvmain says no, or something else, without a part of the answer', () => {
    expect(tokenOfAnswer({ resp: no, token: 's3cret' })).to.deep.equal(
      E.left('get_auth_token failed, code 7: not now'),
    );
    expect(tokenOfAnswer({ resp: 's3cret', token: 's3cret' })).to.satisfy(E.isLeft);
    expect(JSON.stringify(tokenOfAnswer({ resp: 's3cret', token: 's3cret' }))).to.not.include('s3cret');
  });
});
