import type { Broken } from '../../lib/capture/record.js';
import { printable } from '../../lib/util/printable.js';
import { complain } from '../command.js';

/** At most this many are reported one by one: in a file that isn't a capture, every line is broken. */
const maxReported = 20;

/** Reports broken lines on stderr, and counts them. */
export const brokenLines = () => {
  let count = 0;
  return {
    get count() {
      return count;
    },
    take: ({ file, line, detail }: Broken): void => {
      count += 1;
      if (count > maxReported) return;
      complain(`cvmqtt replay: ${printable(file ?? 'the capture')}, line ${line}: ${printable(detail)}`);
      if (count === maxReported) complain('cvmqtt replay: further broken lines are only counted');
    },
  };
};
