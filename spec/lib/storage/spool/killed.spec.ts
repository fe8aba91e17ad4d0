import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { cleanup, temporaryDirectory } from '../../../support/cleanup.js';
import { type FailingDisk, failingDisk } from '../../../support/failing-disk.js';
import { integrations, SpoolModel } from '../../../support/spool-model.js';

const integration = fc.constantFrom(...integrations);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const message = fc.record({ integration, pinned: fc.boolean(), size: fc.nat(400) });
const calls = fc.array(fc.constantFrom('appendFile' as const, 'datasync' as const, 'truncate' as const), {
  maxLength: 4,
});

type Step = (model: SpoolModel, disk: FailingDisk) => Promise<void> | void;

const named = (name: string, step: Step): Step => Object.assign(step, { toString: () => name });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(message, { minLength: 1, maxLength: 4 })
      .map((of) => named(`store ${of.length}`, (model) => model.store(of))),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(message, { minLength: 1, maxLength: 4 })
      .map((of) => named(`begin to store ${of.length}`, (model) => void model.store(of))),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(integration, fc.nat(4))
      .map(([of, most]) => named(`take ${of}`, (model) => model.take(of, most))),
  },
  {
    weight: 4,
    arbitrary: fc
      .integer({ min: 1, max: 3 })
      .map((nth) => named(`settle ${nth}`, (model) => model.settle(nth))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(calls, share)
      .map(([of, part]) => named(`fail ${of}`, (_, disk) => disk.fail(of, part))),
  },
  { weight: 2, arbitrary: fc.constant(named('turn', () => turn())) },
  { weight: 2, arbitrary: fc.constant(named('calm', (model) => model.calm())) },
  { weight: 1, arbitrary: fc.constant(named('close', (model) => model.close())) },
  {
    weight: 2,
    arbitrary: fc.option(share).map((left) => named(`kill ${left}`, (model) => model.kill(left))),
  },
);

describe('SpoolFile, killed at any moment, with a disk that fails', () => {
  const atEnd = cleanup();

  it('keeps what it stored and is not settled, once and in order, and nothing else', async () => {
    const directory = await temporaryDirectory(atEnd);
    const disk = await failingDisk(atEnd);
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.integer({ min: 800, max: 6_000 }),
        async (steps, maxBytes) => {
          const model = new SpoolModel(join(directory, `${runs++}`), maxBytes, disk);
          await model.start();
          try {
            for (const each of steps) await each(model, disk);
            await model.kill(null);
          } finally {
            await model.end();
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
