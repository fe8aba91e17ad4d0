import { expect } from 'chai';
import { login, type SessionTest, startSession } from '../../../support/session.js';

const unsupported = { kind: 'unsupported-version' } as const;
const versions = ({ connections }: SessionTest) => connections.map(({ version }) => version);

/** Connects with the login, and has the first connection refused for its version. */
const refused = (protocolVersion: 'auto' | 4 | 5): SessionTest => {
  const test = startSession({ protocolVersion });
  test.logIn();
  test.latest.close(unsupported);
  return test;
};

describe('brokerSession: the MQTT version', () => {
  it('is 5, and 3.1.1 at once if the broker does not support 5; that is no failure', () => {
    const test = refused('auto');
    expect(versions(test)).to.deep.equal([5, 4]);
    expect(test.reports).to.deep.equal([]);
    test.latest.serve();
    expect(test.reports[0]).to.include({ kind: 'connected', protocolVersion: 4 });
  });

  it('is chosen anew after each accepted connection', () => {
    const test = refused('auto');
    test.latest.serve();
    test.latest.close();
    test.pass(1_000);
    expect(versions(test)).to.deep.equal([5, 4, 5]);
    test.latest.close(unsupported);
    expect(versions(test), 'at once').to.deep.equal([5, 4, 5, 4]);
  });

  it('alternates if the broker supports neither: that is a failure', () => {
    const test = refused('auto');
    test.latest.close(unsupported);
    expect(test.reports).to.deep.equal([{ kind: 'disconnected', reason: unsupported, waitMs: 1_000 }]);
    test.pass(1_000);
    expect(versions(test)).to.deep.equal([5, 4, 5]);
  });

  describe('at a broker that only closes on MQTT 5', () => {
    const closing = (): SessionTest => {
      const test = startSession();
      test.logIn();
      for (const wait of [1_000, 2_000]) {
        test.latest.close({ kind: 'hung-up' });
        test.pass(wait);
      }
      return test;
    };

    it('is 3.1.1 after the second time, as the first may be a restart', () => {
      const test = closing();
      expect(versions(test)).to.deep.equal([5, 5, 4]);
      expect(test.connections.map(({ openedAt }) => openedAt)).to.deep.equal([0, 1_000, 3_000]);
    });

    it('is 5 again if 3.1.1 is closed, too', () => {
      const test = closing();
      test.latest.close({ kind: 'hung-up' });
      test.pass(4_000);
      expect(versions(test)).to.deep.equal([5, 5, 4, 5]);
    });

    it('counts anew after an accepted connection', () => {
      const test = startSession();
      test.logIn();
      test.latest.close({ kind: 'hung-up' });
      test.pass(1_000);
      test.latest.serve();
      test.latest.close();
      test.pass(2_000);
      test.latest.close({ kind: 'hung-up' });
      test.pass(4_000);
      expect(versions(test)).to.deep.equal([5, 5, 5, 5]);
    });

    it('counts anew at another broker', () => {
      const test = startSession();
      test.logIn();
      test.latest.close({ kind: 'hung-up' });
      test.logIn(login({ address: { protocol: 'mqtt', host: 'other.example', port: 1883, path: '/' } }));
      test.latest.close({ kind: 'hung-up' });
      test.pass(60_000);
      expect(versions(test)).to.deep.equal([5, 5, 5]);
    });

    it('is 3.1.1 at once on the next connection', () => {
      const test = closing();
      test.latest.serve();
      test.latest.close();
      test.pass(60_000);
      test.latest.close({ kind: 'hung-up' });
      expect(versions(test)).to.deep.equal([5, 5, 4, 5, 4]);
    });

    it('is tried again after a day', () => {
      const test = closing();
      test.latest.serve();
      test.pass(86_400_000 - 1);
      expect(test.latest.ended).to.equal(false);
      test.pass(1);
      expect(test.latest.ended).to.equal(true);
      test.latest.close();
      expect(versions(test)).to.deep.equal([5, 5, 4, 5]);
    });

    it('is 5 first at another broker', () => {
      const test = closing();
      test.latest.serve();
      test.logIn(login({ address: { protocol: 'mqtt', host: 'other.example', port: 1883, path: '/' } }));
      test.latest.close();
      expect(versions(test)).to.deep.equal([5, 5, 4, 5]);
    });
  });

  for (const version of [4, 5] as const) {
    it(`is ${version} if the settings say so, and no other`, () => {
      const test = refused(version);
      expect(test.reports).to.deep.equal([{ kind: 'disconnected', reason: unsupported, waitMs: 1_000 }]);
      test.pass(1_000);
      expect(versions(test)).to.deep.equal([version, version]);
    });
  }
});
