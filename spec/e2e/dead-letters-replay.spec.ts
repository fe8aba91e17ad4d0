import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../lib/config/layout.js';
import { refused } from '../../sim/answer.js';
import type { Intercept } from '../../sim/cvmain-service.js';
import { endingAfterTest } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { freePort } from '../rig/free-port.js';
import { Journal } from '../rig/journal.js';
import { lineOf, putLetters } from '../rig/letters.js';
import { username } from '../rig/login.js';
import { startMosquitto } from '../rig/mosquitto.js';
import { itWithMosquitto } from '../rig/programs.js';
import { type Rig, startRig, valueIn } from '../rig/rig.js';
import { startServer } from '../rig/server.js';

const all = ['--all', '--yes'];

describe('cvmqtt dead-letters replay', () => {
  const atEnd = endingAfterTest();

  /** A unit with int1 and no broker: the daemon is not needed. */
  const unit = (
    more: { readonly intercept?: Intercept; readonly announcedAddr?: string } = {},
  ): Promise<Rig> => startRig(atEnd, { brokerUrl: 'mqtt://127.0.0.1:9', integrations: ['int1'], ...more });

  const start = ({ home }: Rig, ...args: readonly string[]) =>
    startCvmqtt(atEnd, ['dead-letters', 'replay', home, ...args]);

  /** A replay to its end: its lines without the ids. */
  const replay = async (rig: Rig, ...args: readonly string[]) => {
    const child = start(rig, ...args);
    const { code } = await child.exited;
    const lines = child.stdout.entries.map((line) =>
      line.replace(/^[0-9a-f]{12} {2}/, '').replace(/ {2,}/, ' '),
    );
    return { code, lines, stderr: child.output().stderr };
  };

  const list = async ({ home }: Rig) => {
    const child = startCvmqtt(atEnd, ['dead-letters', 'list', home, '--json']);
    await child.exited;
    return child.stdout.entries;
  };

  const ids = async (rig: Rig) => (await list(rig)).map((line) => /"id":"(\w+)"/.exec(line)?.[1] ?? '');

  const bodies = ({ accepted }: Rig) => accepted.entries.map((request) => valueIn(request, 'body') ?? '');

  const letters = (count: number): string[] =>
    Array.from({ length: count }, (_, n) => lineOf({ name: `int1-n${n}`, text: `${n}` }));

  it('sends the requested letters in order, and each once', async () => {
    const rig = await unit();
    await putLetters(rig.home, letters(4));
    const [, second = '', , fourth = ''] = await ids(rig);
    expect(await replay(rig, fourth, second.slice(0, 8))).to.deep.include({
      code: 0,
      lines: ['notified int1-n1', 'notified int1-n3', '2 notified'],
    });
    const received = await rig.received.filled('both, at the app', 2);
    expect(received.map(({ type }) => type)).to.deep.equal(['int1-n1', 'int1-n3']);
    expect(await replay(rig, fourth)).to.deep.include({
      code: 0,
      lines: ['replayed already int1-n3', '1 replayed already'],
    });
    expect(await replay(rig, ...all)).to.deep.include({
      code: 0,
      lines: ['notified int1-n0', 'notified int1-n2', '2 notified'],
    });
    expect(await replay(rig, ...all)).to.deep.include({ code: 0, lines: ['no dead letters to send'] });
    expect(bodies(rig)).to.deep.equal(['1', '3', '0', '2']);
  });

  it('refuses a letter of which only the beginning was kept', async () => {
    const rig = await unit();
    const [whole = ''] = letters(1);
    await putLetters(rig.home, [whole.replace(/}$/, ',"payload_bytes":2000000,"payload_sha256":"ab"}')]);
    const [id = ''] = await ids(rig);
    const detail = "only the beginning of its payload was kept: it can't be sent";
    for (const options of [[], ['--stale']])
      expect(await replay(rig, id, ...options)).to.deep.include({
        code: 1,
        lines: [`excerpt int1-n0: ${detail}`, '1 excerpt'],
      });
    expect(await replay(rig, ...all, '--stale')).to.deep.include({
      code: 0,
      lines: ['no dead letters to send'],
    });
    expect(bodies(rig)).to.deep.equal([]);
    const show = startCvmqtt(atEnd, ['dead-letters', 'show', rig.home, id]);
    await show.exited;
    expect(show.output().stdout).to.include('2000000 bytes, sha256 ab').and.to.include('too-large');
  });

  it('sends nothing if an id is unknown, nor with --dry-run', async () => {
    const rig = await unit();
    await putLetters(rig.home, [...letters(1), lineOf({ name: 'int2-x', text: 'x' })]);
    const [first = ''] = await ids(rig);
    expect(await replay(rig, first, 'ffff0000ffff')).to.deep.include({ code: 2, lines: [] });
    expect(await replay(rig, '--all', '--dry-run')).to.deep.include({
      code: 0,
      lines: [
        'would be notified int1-n0',
        'would be unregistered int2-x: no integration "int2" is registered; held 0 ms for it',
        '1 would be notified, 1 would be unregistered',
      ],
    });
    expect(bodies(rig)).to.deep.equal([]);
    expect(await readdir(layout(rig.home).state)).to.deep.equal(['dead-letters.ndjson']);
  });

  it('refuses stale letters without an option, as an old command is dangerous on a lock', async () => {
    const rig = await unit();
    await putLetters(rig.home, [
      lineOf({ json: { function: 'int1-a', body: 'late', timeout: 30_000 } }),
      lineOf({ json: { function: 'int1-b', body: 'expired' } }, { reason: 'expired' }),
      lineOf({ json: { function: 'int1-c', body: 'good', timeout: 600_000 } }),
    ]);
    const [late = ''] = await ids(rig);
    const refusal = await replay(rig, late);
    expect(refusal.code).to.equal(1);
    expect(refusal.lines[0]).to.match(/^stale .*--stale sends it anyway$/);
    expect(await replay(rig, ...all)).to.deep.include({
      code: 0,
      lines: ['notified (on s2u/cv12345)', '1 notified'],
    });
    expect(bodies(rig)).to.deep.equal(['good']);
    expect(await replay(rig, '--stale', ...all)).to.include({ code: 0 });
    expect(bodies(rig)).to.deep.equal(['good', 'late', 'expired']);
  });

  it('keeps letters that fail again, with their calls counted, and ends with code 1', async () => {
    let refuses = true;
    const rig = await unit({
      intercept: async (_request, pass) => (refuses ? refused('failed', 'not now') : pass()),
    });
    await putLetters(rig.home, [...letters(1), lineOf({ name: 'int2-x', text: 'x' })]);
    const failed = await replay(rig, ...all);
    expect(failed.code).to.equal(1);
    expect(failed.lines[0]).to.match(/^refused int1-n0: .*not now$/);
    expect(failed.lines[1]).to.match(/^unregistered int2-x: /);
    expect(failed.lines[2]).to.equal('1 refused, 1 unregistered');
    const [line = ''] = await list(rig);
    expect(line).to.contain('"state":"open"').and.contain('"attempts":1').and.contain('"outcome":"refused"');
    refuses = false;
    expect((await replay(rig, ...all)).lines.at(-1)).to.equal('1 notified, 1 unregistered');
    expect(bodies(rig)).to.deep.equal(['0']);
  });

  for (const [title, isMoment] of Object.entries({
    'after an acceptance, before it is noted': (kind: string) => kind === 'accepted',
    'while a call is open': (kind: string) => kind === 'called',
  })) {
    it(`resumes when it is killed again and again, ${title}, and repeats only the letter in flight`, async () => {
      let kill = (): void => undefined;
      let seen = 0;
      const count = 12;
      const moment = (kind: string): void => {
        if (!isMoment(kind)) return;
        seen += 1;
        if (seen % 4 === 0) kill();
      };
      const rig = await unit({
        intercept: (_request, pass) => {
          moment('called');
          return pass();
        },
      });
      rig.accepted.derive(() => moment('accepted'));
      await putLetters(rig.home, letters(count));
      let kills = 0;
      for (let code: number | null = null; code !== 0; ) {
        const child = start(rig, ...all);
        kill = () => child.signal('SIGKILL');
        const exit = await child.exited;
        code = exit.code;
        if (exit.signal === 'SIGKILL') kills += 1;
        else expect(code).to.equal(0);
      }
      expect(kills).to.be.at.least(3);
      const times = new Map<string, number>();
      for (const body of bodies(rig)) times.set(body, (times.get(body) ?? 0) + 1);
      expect([...times.keys()]).to.deep.equal(Array.from({ length: count }, (_, n) => `${n}`));
      expect(bodies(rig).length - count).to.be.at.most(kills);
      expect((await readdir(layout(rig.home).state)).filter((file) => file.endsWith('.lock'))).to.deep.equal(
        [],
      );
    });
  }

  it('says that the letter in flight when it was killed may be sent twice', async () => {
    const called = new Journal<unknown>();
    const rig = await unit({
      intercept: async (request, pass) => {
        called.put(request);
        return called.entries.length > 1 ? pass() : new Promise(() => undefined);
      },
    });
    await putLetters(rig.home, letters(2));
    const child = start(rig, ...all);
    await called.first('the call');
    await child.end('SIGKILL');
    expect((await list(rig))[0]).to.contain('"state":"in-doubt"');
    const again = await replay(rig, ...all);
    const [id] = await ids(rig);
    expect(again.stderr).to.equal(
      `cvmqtt dead-letters: ${id}: the last replay was interrupted: it may be sent twice\n`,
    );
    expect(again.lines).to.deep.equal(['notified int1-n0', 'notified int1-n1', '2 notified']);
  });

  it('is refused while another replay runs', async () => {
    const called = new Journal<unknown>();
    const released = new Journal<string>();
    const rig = await unit({
      intercept: async (request, pass) => {
        called.put(request);
        await released.first('the release');
        return pass();
      },
    });
    await putLetters(rig.home, letters(2));
    const first = start(rig, ...all);
    await called.first('its first call');
    const second = await replay(rig, ...all);
    expect(second).to.deep.include({ code: 1, lines: [] });
    expect(second.stderr).to.equal(
      `cvmqtt dead-letters: another replay: process ${first.pid} holds the lock\n`,
    );
    released.put('now');
    expect(await first.exited).to.include({ code: 0 });
    expect(bodies(rig)).to.deep.equal(['0', '1']);
  });

  it('stops on a signal while it waits for cvmain, and records nothing', async () => {
    const rig = await unit({ announcedAddr: `127.0.0.1:${await freePort()}` });
    await putLetters(rig.home, letters(1));
    const child = start(rig, ...all);
    await child.stderr.first('that it waits', (line) => line.includes('waiting for cvmain'));
    expect(await child.end('SIGTERM')).to.include({ code: 1 });
    expect(await readdir(layout(rig.home).state)).to.deep.equal(['dead-letters.ndjson']);
  });

  it('sends nothing if it can’t record what it sends', async () => {
    const rig = await unit();
    await putLetters(rig.home, letters(1));
    await mkdir(join(layout(rig.home).state, 'dead-letters-replayed.ndjson'));
    const { code, stderr } = await replay(rig, ...all);
    expect(code).to.equal(1);
    expect(stderr).to.contain('is not a file');
    expect(bodies(rig)).to.deep.equal([]);
  });

  itWithMosquitto('works while the daemon writes dead letters and rotates the file', async () => {
    const broker = await startMosquitto(atEnd);
    const settings = { hold_unregistered_ms: 0, dead_letter_max_bytes: 65_536 };
    const rig = await startRig(atEnd, { brokerUrl: broker.url, settings });
    const daemon = await rig.connected('--log-level', 'debug');
    const server = await startServer(atEnd, broker.url);
    const send = (count: number, from: number) =>
      Promise.all(
        Array.from({ length: count }, (_, n) =>
          server.send(username, { function: `int1-n${from + n}`, body: `${from + n}` }),
        ),
      );
    await send(200, 0);
    await daemon.logged('settled', 200);
    await rig.cvmain.register('int1');
    const child = start(rig, ...all);
    await rig.accepted.filled('the first', 1);
    // More than fits one file, so that it is rotated during the replay.
    await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        server.publish(`s2u/${username}/command`, `nameless ${n} ${'x'.repeat(100)}`),
      ),
    );
    await daemon.logged('settled', 500);
    expect(await child.exited).to.include({ code: 0 });
    expect(bodies(rig)).to.deep.equal(Array.from({ length: 200 }, (_, n) => `${n}`));
    expect(await readdir(layout(rig.home).state)).to.include('dead-letters.ndjson.1');
    expect(await daemon.stop()).to.include({ code: 0 });
  });
});
