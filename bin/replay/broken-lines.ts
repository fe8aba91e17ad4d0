import type { Broken } from '../../lib/capture/record.js';
import { printable } from '../../lib/util/printable.js';
import { complain } from '../command.js';

/** So many are told one by one: a file that is no capture is broken in every line. */
const told = 20;

/** Tells of broken lines, and counts them. */
export const brokenLines = () => {
  let count = 0;
  return {
    get count() {
      return count;
    },
    take: ({ file, line, detail }: Broken): void => {
      count += 1;
      if (count > told) return;
      complain(`cvmqtt replay: ${printable(file ?? 'the capture')}, line ${line}: ${printable(detail)}`);
      if (count === told) complain('cvmqtt replay: further broken lines are only counted');
    },
  };
};
