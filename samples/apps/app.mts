/** Registers an app with cvmain and prints its notifications: npx tsx app.mts [name] [cvmain's address] */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

type Answer = { resp: { success: boolean; errMsg: string; code: number } };
type Notification = { type: string; vals: { k: string; v: string }[] };

const [name = 'myapp', cvmain = '127.0.0.1:7777'] = process.argv.slice(2);
const service = loadSync('cv_saas.proto', { keepCase: true, defaults: true })['cv_saas.CommsService'];
if (service === undefined || 'format' in service) throw new Error('cv_saas.proto has no CommsService');
const Comms = makeGenericClientConstructor(service, 'CommsService');
const comms = new Comms(cvmain, credentials.createInsecure());
const call = (rpc: string, request: object): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const done = (error: Error | null, answer: Answer) => (error === null ? resolve(answer) : reject(error));
    comms[rpc]?.(request, { deadline: Date.now() + 5_000 }, done);
  });

// Listen first: what comes before the socket is there is lost.
const socket = createSocket('udp4').bind({ address: '127.0.0.1', port: 0 });
await once(socket, 'listening');
socket.on('message', (packet) => {
  const { type, vals }: Notification = JSON.parse(packet.toString());
  const body = vals.find(({ k }) => k === 'body')?.v ?? '';
  process.stdout.write(`${type}: ${body}\n`);
});
const integration = { host: '127.0.0.1', port: socket.address().port };
const { resp } = await call('register_mqtt_integration', { name, integration });
if (!resp.success) throw new Error(`cvmain refused ${name}: ${resp.errMsg}`);
process.stdout.write(`registered ${name}, listening on port ${integration.port}\n`);

// Messages wait for an app that is not registered; those for one that has ended are lost.
process.once('SIGINT', async () => {
  await call('unregister_mqtt_integration', { name });
  process.exit();
});
