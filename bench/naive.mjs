// The baseline of the bench, a program that takes an afternoon to write: MQTT.js's `message` event, and a call of grpc-js
// for each message. No flow control, no order, no retry; a message counts as done when it is received.
//   node bench/naive.mjs <config-dir>
import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import mqtt from 'mqtt';

const root = process.argv[2] ?? '.';
const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const complain = (line) => process.stderr.write(`${line}\n`);

const proto = fileURLToPath(new URL('../proto/cv_saas.proto', import.meta.url));
const { CommsService } = grpc.loadPackageDefinition(loadSync(proto, { keepCase: true })).cv_saas;
const cvmain = new CommsService(
  read('config.json').local_server.bind_addr,
  grpc.credentials.createInsecure(),
);

let integrations = new Set();
const readIntegrations = () => {
  try {
    integrations = new Set(read('mq/integrations.json').map(({ name }) => name));
  } catch (error) {
    complain(`integrations.json: ${error}`);
  }
};
readIntegrations();
watch(join(root, 'mq'), readIntegrations);

const { server_uri, username, password } = read('mq/mq.json');
const client = mqtt.connect(server_uri.replace(/^tcp:/, 'mqtt:'), {
  username,
  password,
  clientId: `cvmqtt-${username}`,
  clean: false,
});
client.on('error', (error) => complain(`broker: ${error}`));
client.on('connect', () => client.subscribe(`s2u/${username}/#`, { qos: 1 }));
client.on('message', (topic, payload) => {
  let envelope;
  try {
    envelope = JSON.parse(payload.toString());
  } catch (error) {
    complain(`${topic}: ${error}`);
    return;
  }
  const { function: name, body = '' } = envelope;
  const dash = name.indexOf('-');
  const integration = name.slice(0, dash);
  if (!integrations.has(integration)) {
    complain(`${name}: no such integration`);
    return;
  }
  const vals = [
    { k: 'integration', v: integration },
    { k: 'message', v: name.slice(dash + 1) },
    { k: 'body', v: body },
    { k: 'topic', v: topic },
    { k: 'dt', v: new Date().toISOString() },
  ];
  cvmain.send_notification({ msg_type: name, vals }, (error, answer) => {
    if (error) complain(`${name}: ${error}`);
    else if (!answer.success) complain(`${name}: ${answer.errMsg}`);
  });
});
