// A separate process for slow-line.spec.ts: connects to the broker in its arguments, and prints how many ms that took.
import { openConnection } from '../../lib/mqtt/connection/open-connection.js';

const [protocol, host = '', port] = process.argv.slice(2);
const since = Date.now();
const say = (what: object): boolean =>
  process.stdout.write(`${JSON.stringify({ ...what, ms: Date.now() - since })}\n`);

const connection = openConnection(
  {
    address: { protocol: protocol === 'ws' ? 'ws' : 'mqtt', host, port: Number(port), path: '/' },
    clientId: 'cvmqtt-cv12345',
    username: 'cv12345',
    password: 'secret',
    protocolVersion: 4,
    keepaliveS: 60,
    sessionExpiryS: 0,
    receiveMaximum: 10,
  },
  {
    publish: () => true,
    happened: (event) => {
      if (event.kind === 'closed') say({ closed: event.reason });
      if (event.kind !== 'connected') return;
      say({ connected: true });
      connection.end();
    },
  },
);
