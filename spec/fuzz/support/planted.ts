import type { Target } from '../../../fuzz/target.js';

const json = { make: () => Buffer.from('{"name":"int1","port":6001}') };

/** Targets with one bug each, one for each kind that the fuzzer must find. */
export const targets: readonly Target[] = [
  {
    name: 'throws',
    ...json,
    run: (input) => {
      // A reader that assumes a port.
      const text = input.toString();
      if (!/"port":\d/.test(text)) throw new TypeError('Cannot read properties of undefined');
    },
  },
  {
    name: 'throws later',
    ...json,
    run: (input) =>
      new Promise((resolve) => {
        setImmediate(() => {
          if (input.includes(0)) setImmediate(() => JSON.parse('{'));
          setImmediate(() => setImmediate(resolve));
        });
      }),
  },
  {
    name: 'rejects',
    ...json,
    run: async (input) => {
      if (input.length < 20) throw new Error('too short');
    },
  },
  {
    name: 'hangs',
    ...json,
    run: (input) => {
      while (input.length < 20);
    },
  },
  {
    name: 'never ends',
    ...json,
    run: (input) => (input.length < 20 ? new Promise<void>(() => undefined) : undefined),
  },
  {
    name: 'fills the heap',
    ...json,
    run: (input) => {
      const all: unknown[] = [];
      while (input.length < 20) all.push(new Array(1_000_000).fill(all.length));
    },
  },
  {
    name: 'pollutes',
    ...json,
    run: (input) => {
      if (input.length < 20) Object.assign(Object.prototype, { polluted: true });
    },
  },
];
