// A separate process for spec/lib/mqtt/connection/handles.spec.ts: connections end in every possible way. When the last
// one is closed, nothing may be left that keeps the process running; when the process ends, each has reported its end
// once.
import { setImmediate as turn } from 'node:timers/promises';
import type { BrokerAddress } from '../../lib/config/broker-address.js';
import { connected, type Opened, open } from './connecting.js';
import { tcpPeer } from './mqtt-peer.js';

const all = new Map<string, Opened>();
const atEnd: (() => unknown)[] = [];
const connectedAs = async (name: string) => {
  const opened = await connected((end) => atEnd.push(end), { protocolVersion: 5 });
  all.set(name, opened);
  return opened;
};
const opening = (name: string, address: BrokerAddress) => {
  const opened = open({ address, protocolVersion: 5 });
  all.set(name, opened);
  return opened;
};

(await connectedAs('cut by the broker')).far.cut();
(await connectedAs('ended by the broker')).far.send({ cmd: 'disconnect', reasonCode: 142 });
(await connectedAs('malformed packet')).far.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]));
(await connectedAs('end()')).connection.end();
const twice = await connectedAs('end() twice');
twice.connection.end();
twice.connection.end();
const subscribing = await connectedAs('end() while subscribing');
subscribing.connection.subscribe(['s2u/cv12345/#'], () => undefined);
subscribing.connection.end();
const ended = await connectedAs('end() while the broker ends');
ended.far.cut();
ended.connection.end();

const silent = await tcpPeer(5);
opening('end() at once', silent.address).connection.end();
const refusing = await tcpPeer(5);
opening('refused', refusing.address);
(await refusing.connections.filled(1))[0]?.write(Buffer.from([0x20, 3, 0, 135, 0]));
opening('address that can’t be tried', { ...silent.address, protocol: 'ws', host: 'no host' });
const { address: free, close } = await tcpPeer(5);
await close();
opening('nobody listens', free);

for (const end of atEnd.reverse()) await end();
await silent.close();
await refusing.close();
await Promise.all([...all.values()].map(({ closed }) => closed));
await turn();
const left = process
  .getActiveResourcesInfo()
  .filter((kind) => kind === 'TCPSocketWrap' || kind === 'Timeout');

process.once('exit', () => {
  const closings = [...all].map(([name, { reports }]) => [
    name,
    reports.items.filter(({ kind }) => kind === 'closed').length,
  ]);
  process.stdout.write(JSON.stringify({ left, closings: Object.fromEntries(closings) }));
});
