import { stat } from 'node:fs/promises';
import { linesIn } from '../../lib/capture/open.js';
import { kindByHeader, RecordedCalls } from '../../lib/recorder/outages.js';
import { plural } from '../../lib/util/plural.js';
import { complain } from '../command.js';
import type { Options } from './options.js';

/**
 * What flight recorders say of calls: their lines about these say more than a capture can. The files are read as often as they are
 * replayed. Undefined if none is a recorder's, or if one is neither that nor a capture of our own, or can be read only once.
 */
export const recordedCalls = async ({
  files,
  loops,
}: Pick<Options, 'files' | 'loops'>): Promise<RecordedCalls | undefined> => {
  const calls = new RecordedCalls();
  let isRecorded = false;
  for (const file of Array.from({ length: loops }, () => files).flat()) {
    const kind = await takenInto(calls, file);
    if (kind === undefined) return undefined;
    isRecorded ||= kind === 'recording';
  }
  return isRecorded ? calls : undefined;
};

/**
 * To be called for each recording that is replayed: says once which of its calls have another outcome here. All of them are unknown
 * if it comes from a pipe, or with other kinds of files.
 */
export const sayOtherCalls = (
  { target }: Pick<Options, 'target'>,
  { badCalls, outages }: { readonly badCalls?: number; readonly outages?: unknown },
): (() => void) => {
  let isSaid =
    target.kind !== 'dry-run' || badCalls === 0 || (badCalls === undefined && outages !== undefined);
  return () => {
    if (isSaid) return;
    isSaid = true;
    if (badCalls !== undefined)
      complain(
        `cvmqtt replay: ${plural(badCalls, 'call')} that cvmain refused or failed in the recording ${badCalls === 1 ? 'counts' : 'count'} as accepted here: see cvmqtt report`,
      );
    else
      complain(
        'cvmqtt replay: an outage counts from when the daemon noticed it, after the call that failed: for exact ends, give the files of the flight recorder themselves, and no other kind of file',
      );
  };
};

const takenInto = async (calls: RecordedCalls, file: string): Promise<ReturnType<typeof kindByHeader>> => {
  let kind: ReturnType<typeof kindByHeader>;
  calls.nextFile();
  try {
    if (file === '-' || !(await stat(file)).isFile()) return undefined;
    for await (const lines of linesIn(file)) {
      const [first] = lines;
      kind ??= typeof first === 'string' ? kindByHeader(first) : undefined;
      if (kind === undefined) return undefined;
      for (const line of lines) calls.take(line);
    }
  } catch {
    // The replay reads it again, and says what is wrong with it.
  }
  return kind;
};
