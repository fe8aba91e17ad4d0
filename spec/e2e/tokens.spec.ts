import { expect } from 'chai';
import { startBroker } from '../../sim/broker.js';
import { signToken, unitClaims } from '../../sim/token.js';
import { endingAfterTest } from '../rig/at-end.js';
import { startDaemon } from '../rig/daemon.js';
import { renewedUnitToken, secret, unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

describe('the token', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto(
    'is requested from cvmain when the broker refuses it; the wait for it is reported once',
    async () => {
      let current = unitToken;
      const broker = await startMosquitto(atEnd);
      const rig = await startRig(atEnd, {
        brokerUrl: broker.url,
        integrations: ['int1'],
        token: () => current,
      });
      await broker.renewUnitToken(renewedUnitToken);
      current = '';
      const daemon = startDaemon(atEnd, rig.home);
      expect(await daemon.logged('disconnected')).to.include({ reason: 'refused' });
      expect(await daemon.logged('waiting')).to.include({ waiting_for: 'token' });
      await daemon.logged('disconnected', 2);
      current = renewedUnitToken;
      await daemon.logged('subscribed');
      const server = await startServer(atEnd, broker.url);
      await server.send(username, { function: 'int1-open', body: 'after' });
      expect(valueIn(await rig.received.first('the message'), 'body')).to.equal('after');
      expect(daemon.count('waiting')).to.equal(1);
      expect(daemon.stderr.entries.join('\n')).to.not.contain(renewedUnitToken).and.not.contain(unitToken);
      expect(await daemon.stop()).to.include({ code: 0 });
    },
  );

  it('is requested from cvmain when it expires while connected; the session continues', async () => {
    const broker = await startBroker({ secret });
    atEnd(broker.close);
    const seconds = Math.floor(Date.now() / 1000);
    const expiring = signToken(secret, unitClaims(username, seconds + 3));
    const next = signToken(secret, unitClaims(username, seconds + 3_600));
    let asked = false;
    const rig = await startRig(atEnd, {
      brokerUrl: broker.url,
      integrations: ['int1'],
      token: () => {
        const token = asked ? next : expiring;
        asked = true;
        return token;
      },
    });
    const daemon = await rig.connected();
    const again = await daemon.logged('connected', 2);
    expect(again).to.include({ session_present: true });
    expect(daemon.count('disconnected'), 'no failure').to.equal(0);
    const server = await startServer(atEnd, broker.url);
    await server.send(username, { function: 'int1-open', body: 'after' });
    expect(valueIn(await rig.received.first('the message'), 'body')).to.equal('after');
    expect(await daemon.stop()).to.include({ code: 0 });
  });
});
