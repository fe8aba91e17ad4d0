import { expect } from 'chai';
import { endingAfterTest } from '../../rig/at-end.js';
import { deadLetters } from '../../rig/dead-letters.js';
import { username } from '../../rig/login.js';
import { measured } from '../../rig/measured.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { startServer } from '../../rig/server.js';
import { startUnit } from '../../rig/unit.js';

const sent = 1_000;
const window_messages = 64;

describe('messages of QoS 0', () => {
  const atEnd = endingAfterTest();

  itWithMosquitto(
    'wait for cvmain up to a limit; those beyond it are counted and dead-lettered',
    async () => {
      const broker = await startMosquitto(atEnd);
      const settings = { window_messages };
      const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations: ['int1'], settings });
      const { accepted } = unit.cvmain;
      const daemon = await unit.connected('--log-level', 'debug');
      const server = await startServer(atEnd, broker.url);
      await unit.cvmain.kill();
      for (let n = 0; n < sent; n += 1)
        await server.send(username, { function: 'int1-open', body: `${n}` }, { qos: 0 });
      const over = sent - window_messages;
      await daemon.log.first('the last one', ({ reason }) => reason === 'overflow', { nth: over });
      await unit.cvmain.start();
      await accepted.filled('those that waited', window_messages);
      expect(await daemon.stop()).to.include({ code: 0 });
      expect(accepted.entries.map(({ body }) => Number(body))).to.deep.equal([
        ...Array(window_messages).keys(),
      ]);
      const stopped = await daemon.logged('stopped');
      expect(stopped).to.include({ overflow: over, notified: window_messages });
      expect((await deadLetters(unit.home)).map(({ reason }) => reason)).to.deep.equal(
        Array(over).fill('overflow'),
      );
      measured(`${sent} messages of QoS 0, window ${window_messages}: ${stopped.message}`);
    },
  );
});
