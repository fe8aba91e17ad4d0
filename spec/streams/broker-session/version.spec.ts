import { expect } from 'chai';
import { type SessionTest, startSession } from '../../support/session.js';

const unsupported = { kind: 'unsupported-version' } as const;
const versions = ({ connections }: SessionTest) => connections.map(({ version }) => version);

/** Connects with the login, and has the first connection refused for its version. */
const refused = (protocolVersion: 'auto' | 4 | 5): SessionTest => {
  const test = startSession({ protocolVersion });
  test.logIn();
  test.latest.close(unsupported);
  return test;
};

describe('brokerSession: the version of MQTT', () => {
  it('is 5, and 3.1.1 at once where the broker does not have that; nothing failed', () => {
    const test = refused('auto');
    expect(versions(test)).to.deep.equal([5, 4]);
    expect(test.reports).to.deep.equal([]);
    test.latest.serve();
    expect(test.reports[0]).to.include({ kind: 'connected', protocolVersion: 4 });
  });

  it('stays 3.1.1 then', () => {
    const test = refused('auto');
    test.latest.serve();
    test.latest.close();
    test.pass(1_000);
    test.logIn();
    test.latest.close();
    expect(versions(test)).to.deep.equal([5, 4, 4, 4]);
  });

  it('is looked for no longer where the broker has neither: that is a failure', () => {
    const test = refused('auto');
    test.latest.close(unsupported);
    expect(test.reports).to.deep.equal([{ kind: 'disconnected', reason: unsupported, waitMs: 1_000 }]);
    test.pass(1_000);
    expect(versions(test)).to.deep.equal([5, 4, 4]);
  });

  for (const version of [4, 5] as const) {
    it(`is ${version} where that is asked for, and no other`, () => {
      const test = refused(version);
      expect(test.reports).to.deep.equal([{ kind: 'disconnected', reason: unsupported, waitMs: 1_000 }]);
      test.pass(1_000);
      expect(versions(test)).to.deep.equal([version, version]);
    });
  }
});
