import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { layout } from '../../../lib/config/layout.js';
import { readUnit } from '../../../lib/config/unit.js';
import { leftOf, rightOf } from '../../support/either.js';
import { jwt } from '../../support/jwt.js';

describe('readUnit', () => {
  let home = '';

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'cvmqtt-spec-'));
    await mkdir(layout(home).mq);
    await writeFile(layout(home).cvmain, '{}');
  });

  afterEach(() => rm(home, { recursive: true }));

  it('reads a unit without registrations and without a login', async () => {
    const unit = rightOf(await readUnit(home));
    expect(unit).to.include({ notifier: '127.0.0.1:5555' }).and.to.not.have.property('filters');
    expect(unit.integrations.size).to.equal(0);
  });

  it('reads the topic filters, the registered integrations and the notifier', async () => {
    const login = { server_uri: 'tcp://h:1', username: 'cv1', password: jwt({}) };
    await writeFile(layout(home).credentials, JSON.stringify(login));
    await writeFile(layout(home).integrations, '[{"name":"int1"}]');
    await writeFile(layout(home).cvmain, '{ // here\n "notification_server": {"send_addr": "127.0.0.1:7"} }');
    const unit = rightOf(await readUnit(home));
    expect(unit).to.deep.include({ notifier: '127.0.0.1:7', filters: ['s2u/cv1/#'] });
    expect([...unit.integrations.keys()]).to.deep.equal(['int1']);
  });

  it('uses the default for an invalid notifier: cvmqtt never sends there', async () => {
    await writeFile(layout(home).cvmain, '{"notification_server": {"send_addr": 7}}');
    expect(rightOf(await readUnit(home)).notifier).to.equal('127.0.0.1:5555');
  });

  it('names the file that is broken', async () => {
    await writeFile(layout(home).integrations, '[{');
    expect(leftOf(await readUnit(home))).to.include({
      file: layout(home).integrations,
      detail: 'is not JSON',
    });
    await writeFile(layout(home).integrations, '[]');
    await writeFile(layout(home).settings, '{"hold":1}');
    expect(leftOf(await readUnit(home)).file).to.equal(layout(home).settings);
    await writeFile(layout(home).settings, '{}');
    await writeFile(layout(home).credentials, '{"password": "s3cret');
    expect(leftOf(await readUnit(home))).to.include({
      file: layout(home).credentials,
      detail: 'is not JSON',
    });
  });
});
