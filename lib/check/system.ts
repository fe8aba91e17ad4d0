import { showSize } from '../util/size.js';
import { type Finding, failing, good, warning } from './finding.js';

/** The state directory as the user who checks sees it. */
export interface StateFacts {
  readonly path: string;
  /** Why cvmqtt could not write there: a system error code such as EACCES; absent if it could. */
  readonly notWritable?: string;
  /** Bytes that are free for this user; absent if unknown. */
  readonly freeBytes?: number;
  /** Names of files that a newer version wrote, which this version keeps for it (docs/operating.md#versions). */
  readonly kept?: readonly string[];
  /** How much of the flash memory's life is used, tenths as in eMMC's `life_time`; absent if unknown. */
  readonly wornTenths?: number;
}

/** Below this a single dead letter with its whole packet may not fit, bytes. */
const least = 4_194_304;

/** From here on, the device is expected to fail soon (JEDEC eMMC 5.0: 0x0A is 90 to 100 % used). */
const wornOut = 9;

/** Findings about the state directory; `needed` is what spool and dead letters may take, bytes. */
export const stateFindings = (state: StateFacts, needed: number): readonly Finding[] => {
  const { path, notWritable, freeBytes, wornTenths, kept = [] } = state;
  const subject = 'state directory';
  return [
    notWritable === undefined
      ? good(subject, 'state-writable', `${path} can be written`)
      : failing(
          subject,
          'state-unwritable',
          `${path} can't be written by this user (${notWritable})`,
          'make it writable for the user of cvmqtt, or give --state-dir',
        ),
    ...(freeBytes === undefined ? [] : [spaceFinding(subject, freeBytes, needed)]),
    ...(kept.length === 0
      ? []
      : [
          warning(
            subject,
            'newer-files',
            `${kept.join(', ')} in ${path}: a newer version wrote this, and this version keeps it`,
            'update cvmqtt again to use it, or delete it',
          ),
        ]),
    ...(wornTenths === undefined || wornTenths < wornOut
      ? []
      : [
          warning(
            subject,
            'flash-worn',
            `its flash memory has used ${Math.min(100, wornTenths * 10)} % of its life or more`,
            'plan to replace the board or its memory',
          ),
        ]),
  ];
};

const spaceFinding = (subject: string, free: number, needed: number): Finding => {
  const text = `${showSize(free)} free`;
  if (free < least)
    return failing(subject, 'disk-full', text, 'free space: dead letters and the spool need it');
  if (free >= needed) return good(subject, 'disk-space', text);
  const wanted = `${text}; spool and dead letters may take ${showSize(needed)}`;
  return warning(
    subject,
    'disk-low',
    wanted,
    'free space, or lower spool_max_bytes or dead_letter_max_bytes',
  );
};

/** No unit has an earlier time, unless its clock is wrong: 2025-01-01, ms since the epoch. */
const earliest = 1_735_689_600_000;

/** What is known of the wall clock, ms since the epoch (docs/domain.md#clock). */
export const clockFinding = (nowMs: number, isSynchronised: boolean): Finding => {
  const at = new Date(nowMs).toISOString();
  const advice = 'set the clock, or wait for the time server: TLS and lifetimes across boots depend on it';
  if (nowMs < earliest)
    return warning('clock', 'clock-wrong', `it is ${at} here: the clock is wrong`, advice);
  return isSynchronised
    ? good('clock', 'clock-synchronised', `it is ${at} here, synchronised`)
    : warning('clock', 'clock-unknown', `it is ${at} here, not known to be synchronised`, advice);
};
