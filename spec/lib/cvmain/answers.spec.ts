import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import {
  outcomeOfAnswer,
  outcomeOfError,
  proven,
  tokenOfAnswer,
  versionOfAnswer,
} from '../../../lib/cvmain/answers.js';
import { status } from '../../../lib/grpc/index.js';
import type { Outcome } from '../../../lib/rules/delivery/outcome.js';

const ok = { success: true, errMsg: '', code: 0 };
const no = { success: false, errMsg: 'not now', code: 7 };

type Kind = Outcome['kind'];

/**
 * What each status means for a message, with a detail and without one, if the server answers `get_version` before and
 * after the call. Otherwise each of them means `away`.
 */
const meanings: Readonly<Record<keyof typeof status, readonly [withWords: Kind, without: Kind]>> = {
  // OK without an answer is a broken answer.
  OK: ['failed', 'failed'],
  CANCELLED: ['failed', 'failed'],
  UNKNOWN: ['refused', 'failed'],
  INVALID_ARGUMENT: ['refused', 'refused'],
  DEADLINE_EXCEEDED: ['away', 'away'],
  NOT_FOUND: ['refused', 'refused'],
  ALREADY_EXISTS: ['refused', 'refused'],
  PERMISSION_DENIED: ['refused', 'refused'],
  RESOURCE_EXHAUSTED: ['failed', 'failed'],
  FAILED_PRECONDITION: ['refused', 'refused'],
  ABORTED: ['failed', 'failed'],
  OUT_OF_RANGE: ['refused', 'refused'],
  UNIMPLEMENTED: ['failed', 'failed'],
  INTERNAL: ['failed', 'failed'],
  UNAVAILABLE: ['away', 'away'],
  DATA_LOSS: ['refused', 'refused'],
  UNAUTHENTICATED: ['refused', 'refused'],
};
const rows = [
  ...Object.entries(meanings).map(([name, kinds]) => {
    const [, code = -1] = Object.entries(status).find(([key]) => key === name) ?? [];
    return { name, code: Number(code), kinds };
  }),
  { name: 'status 99', code: 99, kinds: ['failed', 'failed'] as const },
];

for (const { name, code, kinds } of rows)
  for (const [at, details] of ['so it said', ''].entries())
    describe(`${name}${details === '' ? ' without a detail' : ''}`, () => {
      const outcome = outcomeOfError({ code, details });
      const kind = kinds[at];

      it(`is ${kind}, with the detail of gRPC, if cvmain serves before and after`, () => {
        expect(proven(outcome, { before: true, after: true })).to.deep.equal({
          kind,
          detail: `${name}: ${details}`,
        });
      });

      for (const [before, after] of [
        [true, false],
        [false, true],
        [false, false],
      ] as const)
        it(`is away if cvmain serves ${before ? 'only before' : after ? 'only after' : 'neither before nor after'}`, () => {
          expect(proven(outcome, { before, after })).to.have.property('kind', 'away');
        });
    });

describe('proven', () => {
  it('leaves an acceptance unchanged, and says why a refusal does not count', () => {
    const never = { before: false, after: false };
    expect(proven(outcomeOfAnswer(ok), never)).to.deep.equal({ kind: 'accepted' });
    expect(proven(outcomeOfAnswer(no), never)).to.deep.equal({
      kind: 'away',
      detail: 'cvmain refused it, code 7: not now (not from a cvmain that answers get_version)',
    });
  });
});

describe('outcomeOfAnswer', () => {
  it('is accepted if cvmain reports success', () => {
    expect(outcomeOfAnswer(ok)).to.deep.equal({ kind: 'accepted' });
  });

  it('is refused otherwise, with the detail of cvmain', () => {
    const detail = 'cvmain refused it, code 7: not now';
    expect(outcomeOfAnswer(no)).to.deep.equal({ kind: 'refused', detail });
  });

  it('cuts the detail to what fits into a line', () => {
    const outcome = outcomeOfAnswer({ ...no, errMsg: 'x'.repeat(1_000_000) });
    expect(outcome).to.have.property('detail').that.has.lengthOf.below(1_100);
  });
});

describe('versionOfAnswer', () => {
  it('is the version', () => {
    expect(versionOfAnswer('get_version')({ resp: ok, text: '1.2.3' })).to.deep.equal(E.right('1.2.3'));
  });

  it('is cut if it is too long for a version', () => {
    expect(versionOfAnswer('get_version')({ resp: ok, text: 'x'.repeat(4_000_000) })).to.deep.equal(
      E.right(`${'x'.repeat(100)}…`),
    );
  });

  it('is Left if cvmain reports a failure, or nothing', () => {
    expect(versionOfAnswer('get_version')({ resp: no, text: '' })).to.deep.equal(
      E.left('get_version failed, code 7: not now'),
    );
    expect(versionOfAnswer('get_version')({ resp: undefined, text: '' })).to.satisfy(E.isLeft);
  });
});

describe('tokenOfAnswer', () => {
  it('is the token', () => {
    expect(tokenOfAnswer({ resp: ok, text: 's3cret' })).to.deep.equal(E.right('s3cret'));
  });

  it('is undefined if there is none yet', () => {
    expect(tokenOfAnswer({ resp: ok, text: '' })).to.deep.equal(E.right(undefined));
  });

  it('is Left if cvmain reports a failure, or nothing, and quotes no part of the answer', () => {
    expect(tokenOfAnswer({ resp: no, text: 's3cret' })).to.deep.equal(
      E.left('get_auth_token failed, code 7: not now'),
    );
    expect(tokenOfAnswer({ resp: undefined, text: 's3cret' })).to.satisfy(E.isLeft);
    expect(JSON.stringify(tokenOfAnswer({ resp: undefined, text: 's3cret' }))).to.not.include('s3cret');
  });
});
