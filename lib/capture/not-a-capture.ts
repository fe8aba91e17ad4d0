import { linesOf } from '../util/lines.js';
import type { FileKind } from './file-kind.js';
import type { Importer } from './record.js';

/** Says what a file is that can't be read; counts its lines, if it has some, as one broken record. */
export const notACapture = ({ detail, isText }: FileKind): Importer =>
  async function* (chunks) {
    if (!isText) {
      yield [{ kind: 'note', detail, isUnread: true }];
      return;
    }
    let lines = 0;
    for await (const batch of linesOf(chunks)) {
      for (const line of batch) if (typeof line !== 'string' || line.trim() !== '') lines += 1;
      // The consumer may want to stop.
      yield [];
    }
    yield [{ kind: 'broken', line: 1, lines, detail }];
  };
