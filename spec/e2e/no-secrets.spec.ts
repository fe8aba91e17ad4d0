import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { scoped, temporaryDirectory } from '../rig/at-end.js';
import { runToEnd, startChild } from '../rig/child.js';
import { registrationPassword, renewedUnitToken, serverToken, unitToken } from '../rig/login.js';
import { secretsIn } from '../rig/secrets.js';
import { jwt } from '../support/jwt.js';

const [, claims = '', signature = ''] = unitToken.split('.');

/** Outputs that must not pass. */
const leaks: Readonly<Record<string, string | Uint8Array>> = {
  'the token': `refused: ${unitToken}`,
  'its next one': renewedUnitToken,
  "the server's token": serverToken,
  'a token that no test knows': jwt({ exp: 1 }),
  'its claims alone, cut off': claims.slice(0, 30),
  'the end of its signature': signature.slice(-16),
  'its base64': Buffer.from(unitToken).toString('base64'),
  'its base64 with the username': Buffer.from(`cv12345:${unitToken}`).toString('base64'),
  'the password of the registration': registrationPassword,
  'the token in a gzip file': gzipSync(`x ${unitToken}`),
};

/** Why writing this with the rig fails; undefined if it does not. */
const failureOf = (write: Parameters<typeof scoped>[0]): Promise<string | undefined> =>
  scoped(write).then(
    () => undefined,
    (error: unknown) => String(error),
  );

describe('secrets in an output of an end-to-end test', () => {
  for (const [title, leak] of Object.entries(leaks))
    it(`are found: ${title}`, () => expect(secretsIn(Buffer.from(leak))).to.not.deep.equal([]));

  it('are not found in what is no secret', () => {
    for (const text of ['', 's2u/cv12345/#', Buffer.from('{"function":"int1-open"}').toString('base64')])
      expect(secretsIn(Buffer.from(text))).to.deep.equal([]);
  });

  for (const stream of ['stdout', 'stderr'])
    it(`fail the test that starts a process which writes them to ${stream}`, async () => {
      const script = ['-e', `process.${stream}.write(process.env.LEAK)`];
      const env = { ...process.env, LEAK: unitToken };
      const failure = await failureOf(async (atEnd) => {
        await startChild(atEnd, process.execPath, script, env).exited;
      });
      expect(failure).to.match(new RegExp(`^Error: ${stream} of .* has the unit's token`));
      expect(failure).to.not.contain(signature);
      expect(() => runToEnd(process.execPath, script, { env })).to.throw(`${stream} of `);
    });

  const files = ['log', 'mq/cvmqtt/dead-letters.ndjson', 'mq/cvmqtt/spool.ndjson', 'my.mq.json.tmp'];
  for (const file of files)
    it(`fail the test that leaves them in a file: ${file}`, async () => {
      const failure = await failureOf(async (atEnd) => {
        const path = join(await temporaryDirectory(atEnd), file);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, unitToken);
      });
      expect(failure)
        .to.match(/^Error: \S+ has the unit's token/)
        .and.contain(file);
    });

  it('fail the test whose daemon has them in its status', async () => {
    const before = process.env['RUNTIME_DIRECTORY'];
    const failure = await scoped(async (outer) => {
      const directory = await temporaryDirectory(outer);
      process.env['RUNTIME_DIRECTORY'] = directory;
      const status = join(directory, 'status-0123456789ab.json');
      await writeFile(status, unitToken);
      return failureOf(async (atEnd) => {
        startChild(atEnd, process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)']);
      }).finally(() => rm(status));
    });
    if (before === undefined) delete process.env['RUNTIME_DIRECTORY'];
    else process.env['RUNTIME_DIRECTORY'] = before;
    expect(failure).to.match(/^Error: \S+\/status-0123456789ab\.json has the unit's token/);
  });

  it('may be in the files that are for them', async () => {
    const failure = await failureOf(async (atEnd) => {
      const home = await temporaryDirectory(atEnd);
      await mkdir(join(home, 'mq'));
      await writeFile(join(home, 'mq', 'mq.json'), unitToken);
    });
    expect(failure).to.equal(undefined);
  });

  it('are looked for in all tests: none starts a process or makes a directory without the rig', () => {
    const folder = fileURLToPath(new URL('.', import.meta.url));
    const specs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    expect(specs.length).to.be.above(60);
    const around = /node:child_process|node:worker_threads|\bmkdtemp|\btmpdir\b/;
    const self = 'no-secrets.spec.ts';
    expect(
      specs.filter((file) => file !== self && around.test(readFileSync(join(folder, file), 'utf8'))),
    ).to.deep.equal([]);
  });
});
