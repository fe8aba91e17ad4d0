import type { Broken } from '../../lib/capture/record.js';
import { printable } from '../../lib/util/printable.js';
import { complain } from '../command.js';

/** At most this many are reported one by one: in a file that isn't a capture, every line is broken. */
const maxReported = 20;

/** Reports broken lines on stderr, as a command of cvmqtt, and counts them. */
export const brokenLines = (command = 'replay') => {
  let count = 0;
  let reported = 0;
  return {
    get count() {
      return count;
    },
    take: ({ file, line, detail, lines, unit }: Broken): void => {
      count += lines ?? 1;
      reported += 1;
      if (reported > maxReported) return;
      const where = lines === undefined ? `, ${unit ?? 'line'} ${line}` : '';
      complain(`cvmqtt ${command}: ${printable(file ?? 'the capture')}${where}: ${printable(detail)}`);
      if (reported === maxReported) complain(`cvmqtt ${command}: further broken lines are only counted`);
    },
  };
};
