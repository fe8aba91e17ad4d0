import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { headerLine, publishLine } from '../lib/capture/write-line.js';
import { payloadOf } from '../lib/rules/message/payload.js';

const startedAt = Date.parse('2026-11-23T08:00:00Z');

/** Writes a capture of `messages` commands for seven apps, one every 3.217 ms. */
export const writeCapture = async (path: string, messages: number): Promise<void> => {
  const file = createWriteStream(path);
  const header = {
    startedAt,
    filters: ['s2u/cv12345/#'],
    broker: 'mqtt://127.0.0.1:1883',
    mqttVersion: '3.1.1',
    clientId: 'cvmqtt-capture-1',
  } as const;
  file.write(`${headerLine(header)}\n`);
  let lines: string[] = [];
  for (let seq = 1; seq <= messages; seq += 1) {
    const offsetMs = Math.round(seq * 3_217) / 1_000;
    const envelope = { function: `int${seq % 7}-open-door`, body: `{"door":${seq % 40}}`, timeout: 60_000 };
    const publish = {
      seq,
      topic: 's2u/cv12345/command',
      payload: payloadOf(Buffer.from(JSON.stringify(envelope))),
      qos: 1,
      retain: false,
      dup: false,
      receivedAt: Math.floor(startedAt + offsetMs),
    } as const;
    lines.push(publishLine({ kind: 'publish', offsetMs, publish, packetId: (seq % 65_535) + 1 }));
    if (lines.length < 5_000 && seq < messages) continue;
    if (!file.write(`${lines.join('\n')}\n`)) await once(file, 'drain');
    lines = [];
  }
  file.end();
  await once(file, 'finish');
};
