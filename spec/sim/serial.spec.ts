import { expect } from 'chai';
import { serial } from '../../sim/serial.js';
import { rejectionOf } from '../support/either.js';

describe('serial', () => {
  it('runs tasks one after another, and gives each its own result', async () => {
    const inTurn = serial();
    const log: string[] = [];
    const task = (name: string, ticks: number) => async () => {
      log.push(`${name} starts`);
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      log.push(`${name} ends`);
      return name;
    };
    const results = await Promise.all([inTurn(task('a', 9)), inTurn(task('b', 3)), inTurn(task('c', 0))]);
    expect(results).to.deep.equal(['a', 'b', 'c']);
    expect(log).to.deep.equal(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  });

  it('continues after a failed task', async () => {
    const inTurn = serial();
    const failure = new Error('failed');
    const failing = inTurn(() => Promise.reject(failure));
    const next = inTurn(async () => 'done');
    expect(await rejectionOf(failing)).to.equal(failure);
    expect(await next).to.equal('done');
  });
});
