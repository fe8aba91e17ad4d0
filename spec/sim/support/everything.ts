// A separate process for ending.spec.ts: everything is started, used and closed. Then it has to end by itself.
import { startApp } from '../../../sim/app.js';
import { startBroker } from '../../../sim/broker.js';
import { startCvmain } from '../../../sim/cvmain.js';
import { connectServer } from '../../../sim/server.js';
import { signToken, unitClaims } from '../../../sim/token.js';
import { notify } from './cvmain.js';
import { later, secret, unit } from './unit.js';

const home = process.argv[2];
if (home === undefined) throw new Error('the directory is missing');

const broker = await startBroker({ secret });
const app = await startApp({ onNotification: () => undefined });
const cvmain = await startCvmain({
  home,
  username: 'cv1',
  token: () => signToken(secret, unitClaims('cv1', later)),
  brokerUrl: broker.url,
  notifierAddr: app.address,
});
const server = await connectServer({ url: broker.url, secret });
const { subscribe, messages } = unit(broker, 'cv1', { clean: false, clientId: 'unit' });
await subscribe('s2u/cv1/#');
await server.send('cv1', { function: 'int1-open' });
await messages.filled(1);
await app.registerWith(cvmain.address, 'int1', app.integration);
await notify(cvmain, { msg_type: 'int1-open' });
// The broker cuts off the connections of the unit and the server.
await broker.close();
await cvmain.close();
await app.close();
await server.close();
process.stdout.write('closed\n');
