import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { clockFrom, systemClock } from '../../../lib/clock/system-clock.js';

describe("the system's clock", () => {
  let directory = '';
  const at = (name: string): string => join(directory, name);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cvmqtt-spec-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const clock = () => clockFrom({ bootId: at('boot_id'), synchronised: at('synchronized') });
  const boot = '0b3c7f3e-6f0a-4d0e-9a54-0d6b0f4a8f11';

  it('has the id and the uptime of the boot', async () => {
    await writeFile(at('boot_id'), `${boot}\n`);
    const { boot: named, uptimeMs } = clock();
    expect(named).to.equal(boot);
    expect(uptimeMs()).to.be.closeTo(uptime() * 1_000, 100);
    expect(systemClock.uptimeMs()).to.be.closeTo(uptime() * 1_000, 100);
  });

  it('has a boot of its own if there is no valid boot id', async () => {
    expect(clock().boot).to.not.equal(clock().boot);
    await writeFile(at('boot_id'), '\0\0\0\0');
    expect(clock().boot).to.match(/^[0-9a-f-]{36}$/);
    expect(clock().boot).to.not.equal(clock().boot);
  });

  it('is synchronised if the time service says so and the clock has passed that moment', async () => {
    expect(clock().isSynchronised()).to.equal(false);
    await writeFile(at('synchronized'), '');
    expect(clock().isSynchronised()).to.equal(true);
    const tomorrow = Date.now() / 1_000 + 86_400;
    await utimes(at('synchronized'), tomorrow, tomorrow);
    expect(clock().isSynchronised()).to.equal(false);
  });
});
