import { expect } from 'chai';
import { connectAsync } from 'mqtt';
import { Health } from '../../lib/status/health.js';
import { decodeJsonWith } from '../../lib/util/codec.js';
import { startBroker } from '../../sim/broker.js';
import { writeCredentials } from '../../sim/cvmain-home.js';
import { serverClaims, signToken, unitClaims } from '../../sim/token.js';
import { type AtEnd, endingAfterTest } from '../rig/at-end.js';
import { startDaemon } from '../rig/daemon.js';
import { Journal } from '../rig/journal.js';
import { secret, serverToken, unitToken, username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { startRig } from '../rig/rig.js';
import { rightOf } from '../support/either.js';

const topic = `u2s/${username}/health`;

interface Watcher {
  readonly token?: string;
  readonly protocolVersion?: 4 | 5;
}

/** What a watcher sees on the health topic from now on; the first is what the broker has retained. */
async function watchHealth(atEnd: AtEnd, url: string, watcher: Watcher = {}) {
  const { token = serverToken, protocolVersion = 5 } = watcher;
  const seen = new Journal<Health & { readonly retained: boolean }>();
  const login = { username: 'server', password: token };
  const client = await connectAsync(url, { ...login, protocolVersion, reconnectPeriod: 0 });
  atEnd(() => client.endAsync(true));
  client.on('message', (_topic, payload, { retain }) =>
    seen.put({ ...rightOf(decodeJsonWith(Health)(payload.toString())), retained: retain }),
  );
  await client.subscribeAsync(topic, { qos: 1 });
  return seen;
}

describe('the health topic', () => {
  const atEnd = endingAfterTest();

  const start = (brokerUrl: string, settings: object = {}, token = unitToken) =>
    startRig(atEnd, {
      brokerUrl,
      integrations: ['int1'],
      settings: { health_topic: `u2s/\${username}/health`, ...settings },
      token: () => token,
    });

  for (const mqtt_version of ['5', '3.1.1'])
    itWithMosquitto(
      `says running, and after kill -9 offline; both are retained, ${mqtt_version}`,
      async () => {
        const { url } = await startMosquitto(atEnd);
        const rig = await start(url, { mqtt_version });
        const seen = await watchHealth(atEnd, url);
        const retained = async () => (await watchHealth(atEnd, url)).first('what is retained');
        const daemon = await rig.connected();
        const running = await seen.first('the health', ({ state }) => state === 'running');
        expect(running).to.include({
          format: 1,
          cvmain: 'serves',
          apps: 1,
          held: 0,
          spooled: 0,
          reconnects: 0,
        });
        expect(await retained()).to.deep.equal({ ...running, retained: true });

        await daemon.end('SIGKILL');
        await seen.first('the will', ({ state }) => state === 'offline');
        expect(await retained()).to.deep.equal({ format: 1, state: 'offline', retained: true });

        const again = startDaemon(atEnd, rig.home);
        await seen.first('running again', ({ state }) => state === 'running', { nth: 2 });
        expect(await again.stop()).to.include({ code: 0 });
        await seen.first('the stop', ({ state }) => state === 'stopped');
        expect(await retained()).to.deep.equal({ format: 1, state: 'stopped', retained: true });
        const states = seen.entries.map(({ state }) => state);
        expect(states).to.deep.equal(['running', 'offline', 'running', 'stopped']);
      },
    );

  it('says offline before a planned reconnect, which may be refused, and stopped at the end', async () => {
    const { url, close } = await startBroker({ secret });
    atEnd(close);
    const hour = Math.floor(Date.now() / 1000) + 3_600;
    const rig = await start(url, {}, signToken(secret, unitClaims(username, hour)));
    const server = { token: signToken(secret, serverClaims(hour)), protocolVersion: 4 } as const;
    const seen = await watchHealth(atEnd, url, server);
    const daemon = await rig.connected();
    await seen.first('the health');
    const password = signToken(secret, unitClaims(username, hour + 1));
    await writeCredentials(rig.home, url, username, password);
    await daemon.logged('subscribed', 2);
    expect(await daemon.stop()).to.include({ code: 0 });
    await seen.first('the stop', ({ state }) => state === 'stopped');
    const states = seen.entries.map(({ state }) => state);
    // `offline` may come again on the next connection: DISCONNECT did not wait for its PUBACK.
    const changes = states.filter((state, at) => state !== states[at - 1]);
    expect(changes).to.deep.equal(['running', 'offline', 'stopped']);
  });

  itWithMosquitto('leaves offline at the broker that it moves away from', async () => {
    const [old, next] = [await startMosquitto(atEnd), await startMosquitto(atEnd)];
    const rig = await start(old.url);
    const [before, after] = [await watchHealth(atEnd, old.url), await watchHealth(atEnd, next.url)];
    const daemon = await rig.connected();
    await before.first('the health');
    await writeCredentials(rig.home, next.url, username, unitToken);
    await daemon.logged('subscribed', 2);
    await before.first('the last message there', ({ state }) => state === 'offline');
    await daemon.end('SIGKILL');
    expect(await after.first('the will here')).to.include({ state: 'offline' });
  });

  itWithMosquitto(
    'is not published outside acl.pub, where a broker may disconnect: the log says so',
    async () => {
      const { url } = await startMosquitto(atEnd);
      const rig = await start(url, { health_topic: 'u2s/another/health' });
      const daemon = await rig.connected();
      expect(await daemon.logged('not-published')).to.include({
        what: 'health_topic',
        message: "not published: health_topic: u2s/another/health is not under acl.pub of the unit's token",
      });
      expect(await daemon.stop()).to.include({ code: 0 });
      expect([daemon.count('disconnected'), daemon.count('not-published')]).to.deep.equal([0, 1]);
    },
  );

  itWithMosquitto('is left out where the broker keeps nothing retained: commands come first', async () => {
    const { url } = await startMosquitto(atEnd, { more: ['retain_available false'] });
    const rig = await start(url, { mqtt_version: '5' });
    const daemon = await rig.connected();
    expect(await daemon.logged('disconnected')).to.include({ reason: 'will-refused' });
    expect(await daemon.stop()).to.include({ code: 0 });
    expect(daemon.count('disconnected')).to.equal(1);
  });
});
