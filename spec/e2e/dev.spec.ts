import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';
import { type DevProcess, startDev } from '../rig/dev.js';
import { freePort } from '../rig/free-port.js';

describe('cvmqtt dev', () => {
  const atEnd = endingAfterTest();

  const eventsOf = (dev: DevProcess): readonly string[] =>
    dev.events.entries.flatMap(({ event }) => (event === 'log' ? [] : [event]));

  it('shows a message on its way to an app: registered, received, called, notified', async () => {
    const dev = await startDev(atEnd);
    const app = await dev.listen('myapp');
    const sent = await dev.send('myapp-hello', '{"a":1}');
    expect(sent).to.include({ code: 0, stderr: '' });
    expect(sent.stdout).to.match(/received +myapp-hello[^\n]*\n.*notified +myapp-hello +→ 127\.0\.0\.1:\d+/);
    const packet = await app.stdout.first('the notification');
    expect(packet).to.contain('"type":"myapp-hello"').and.to.contain(String.raw`{\"a\":1}`);
    expect(await app.end('SIGINT')).to.deep.equal({ code: 0, signal: null });
    await dev.events.first('the end of the registration', ({ event }) => event === 'unregistered');
    expect(eventsOf(dev)).to.deep.equal([
      'started',
      'registered',
      'received',
      'called',
      'called',
      'notified',
      'unregistered',
    ]);
    expect(await dev.end('SIGINT')).to.deep.equal({ code: 0, signal: null });
  });

  it('delivers a message that was sent before its app registered, and shows the nearest name', async () => {
    const dev = await startDev(atEnd);
    await dev.listen('myap');
    const sending = dev.send('myapp-hello');
    const held = await dev.events.first('that it waits', ({ event }) => event === 'held');
    expect(held).to.include({ integration: 'myapp', nearest: 'myap', for_ms: 30_000 });
    const app = await dev.listen('myapp');
    await app.stdout.first('the notification');
    const sent = await sending;
    expect(sent.code).to.equal(0);
    expect(sent.stdout).to.match(
      /waits +myapp-hello +up to 30\.0 s for "myapp".*nearest registered name is "myap"/,
    );
  });

  it('misses nobody at the notifier for an app with an address, even if another app depends on it', async () => {
    const dev = await startDev(atEnd);
    await dev.listen('myapp');
    await dev.integrations('add', 'other');
    for (const sent of [await dev.send('myapp-hello'), await dev.send('myapp-hello')])
      expect(sent).to.include({ code: 0, stderr: '' });
    const other = await dev.send('other-hello');
    expect(other.code).to.equal(1);
    expect(other.stderr).to.contain('nothing listens on');
  });

  it('counts a load by how each message ended', async () => {
    const dev = await startDev(atEnd);
    await dev.listen('myapp');
    const sent = await dev.send('myapp-hello', '--count', '250', '--rate', '2000');
    expect(sent.stdout).to.match(/^250 messages in \d\.\d s: 250 notified\n$/);
    expect(sent.code).to.equal(0);
  });

  it('refuses ports that are in use, and names the option', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    atEnd(() => server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const dev = startCvmqtt(atEnd, ['dev', await temporaryDirectory(atEnd), '--port-base', `${port}`]);
    expect((await dev.exited).code).to.equal(78);
    expect(dev.output().stderr).to.contain(`port ${port} is in use`).and.to.contain('--port-base');
  });

  it('refuses a page on the port of another part', async () => {
    const dev = startCvmqtt(atEnd, ['dev', '--port-base', '21883', '--page', '--page-port', '21884']);
    expect((await dev.exited).code).to.equal(2);
    expect(dev.output().stderr).to.contain(
      "port 21884 is the broker's or cvmain's: give --page-port another",
    );
  });

  describe('says what is wrong, and what to do', () => {
    it('if the app has a dash in its name', async () => {
      const dev = await startDev(atEnd);
      const added = await dev.integrations('add', 'my-app', '--port', `${await freePort()}`);
      expect(added.stderr)
        .to.contain('can never receive a message')
        .and.to.contain('"my-app-hello" goes to "my"');
      const seen = await dev.events.first('the registration', ({ event }) => event === 'registered');
      expect(seen).to.have.property('warning').that.contains('can never receive a message');
      const listener = await dev.listen('our-app');
      await listener.stderr.first('the warning', (line) => line.includes('can never receive a message'));
      expect((await dev.integrations('list')).stdout)
        .to.contain('my-app')
        .and.to.contain('can never receive');
    });

    it('if the name is reserved', async () => {
      const dev = await startDev(atEnd);
      const added = await dev.integrations('add', 'vg:mine');
      expect(added.code).to.equal(1);
      expect(added.stderr).to.contain('names that start with vg: are reserved; choose another name');
      const sent = await dev.send('vg:mine-hello');
      expect(sent.code).to.equal(1);
      expect(sent.stderr).to.contain('reserved for the vendor');
      expect(sent.stdout).to.contain('reserved-name').and.to.contain('give the app another name');
    });

    it('if nothing listens on the registered port', async () => {
      const dev = await startDev(atEnd);
      const port = await freePort();
      const added = await dev.integrations('add', 'myapp', '--port', `${port}`);
      expect(added).to.include({ code: 0 });
      expect(added.stderr).to.contain(`nothing listens on 127.0.0.1:${port}`);
      const sent = await dev.send('myapp-hello');
      expect(sent.code).to.equal(1);
      expect(sent.stderr).to.contain(`nothing listens on 127.0.0.1:${port}`);
      const unheard = await dev.events.first('unheard', ({ event }) => event === 'unheard');
      expect(unheard).to.include({ to: `127.0.0.1:${port}` });
    });

    it('if the app has ended', async () => {
      const dev = await startDev(atEnd);
      const app = await dev.listen('myapp');
      expect((await dev.send('myapp-one')).code).to.equal(0);
      await app.end('SIGKILL');
      const sent = await dev.send('myapp-two');
      expect(sent.code).to.equal(1);
      expect(sent.stderr).to.contain('nothing listens on');
    });

    it('if the body is too long, counted in characters', async () => {
      const dev = await startDev(atEnd);
      await dev.listen('myapp');
      expect(await dev.send('myapp-hello', '🦆'.repeat(512))).to.include({ code: 0 });
      const sent = await dev.send('myapp-hello', '🦆'.repeat(513));
      expect(sent).to.include({ code: 1, stdout: '' });
      expect(sent.stderr).to.contain('the body has 513 characters; the platform takes at most 512');
    });

    it('if the timeout is out of the limits', async () => {
      const dev = await startDev(atEnd);
      for (const [given, ms] of [
        ['99ms', 99],
        ['61s', 61_000],
      ]) {
        const sent = await dev.send('myapp-hello', '--timeout', `${given}`);
        expect(sent.code).to.equal(1);
        expect(sent.stderr).to.contain(`the timeout is ${ms} ms; the platform takes 100 to 60000 ms`);
      }
    });

    it('if JSON is broken: of a body, of a line in a file, of a payload', async () => {
      const dev = await startDev(atEnd);
      await dev.listen('myapp');
      const body = await dev.send('myapp-hello', '{"a":');
      expect(body).to.include({ code: 0 });
      expect(body.stderr).to.contain('looks like JSON, and is not valid');
      const payload = await dev.send(
        '--topic',
        `s2u/cv12345/command`,
        '{"function":"myapp-x","timeout":"soon"}',
      );
      expect(payload.code).to.equal(1);
      expect(payload.stdout).to.contain('undecodable').and.to.contain('Send a JSON object');
    });

    it('if a word is mistyped, and makes no directory', async () => {
      const dev = await startDev(atEnd);
      const mistyped = [
        [['sim', 'borker'], 'did you mean cvmqtt sim broker?'],
        [['dev', 'liten'], 'did you mean cvmqtt listen?'],
        [['dev', 'help'], 'did you mean --help?'],
        [['dev', ''], 'the home has no name'],
        [['integrations', 'lsit'], 'did you mean list?'],
      ] as const;
      for (const [words, hint] of mistyped) {
        const said = await dev.run(...words);
        expect(said.code, words.join(' ')).to.equal(2);
        expect(said.stderr).to.contain(hint);
      }
    });

    it('if cvmqtt dev does not run', async () => {
      const dev = await startDev(atEnd);
      await dev.end('SIGINT');
      const sent = await dev.send('myapp-hello');
      expect(sent.code).to.equal(1);
      expect(sent.stderr).to.contain('no broker answers').and.to.contain('cvmqtt dev');
      expect((await dev.integrations('add', 'myapp')).stderr).to.contain('cvmqtt dev');
    });
  });
});
