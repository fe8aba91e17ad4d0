import { expect } from 'chai';
import { endingAfterTest } from '../../rig/at-end.js';
import { unitToken, username } from '../../rig/login.js';
import { measured } from '../../rig/measured.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { itWithOtherHost, makeOtherHost } from '../../rig/other-host.js';
import { open } from '../../support/connecting.js';

describe('the broker’s host', () => {
  const atEnd = endingAfterTest();

  itWithOtherHost(
    'goes silent while the connection is idle: the system notices long before a ping',
    async () => {
      const host = await makeOtherHost(atEnd);
      const { port } = await startMosquitto(atEnd, { host });
      // Only CONNECT is written: a ping would follow SUBSCRIBE.
      const { connection, reports, closed } = open({
        address: { protocol: 'mqtt', host: host.address, port, path: '/' },
        username,
        password: unitToken,
        keepaliveS: 300,
      });
      atEnd(connection.end);
      expect(await reports.filled(1)).to.deep.equal([
        { kind: 'connected', connack: { sessionPresent: false } },
      ]);
      const since = Date.now();
      await host.goSilent();
      const reason = await closed;
      const noticed = Date.now() - since;
      measured(`noticed after ${noticed} ms: ${JSON.stringify(reason)}`);
      expect(reason).to.deep.equal({ kind: 'lost', detail: 'read ETIMEDOUT' });
      // 30 s, and ten probes.
      expect(noticed).to.be.within(35_000, 45_000);
    },
  );
});
