import { showDuration } from '../util/duration.js';
import { showSize } from '../util/size.js';

/** What the system says about itself. Bytes and ms. */
export interface SystemFacts {
  readonly host: string;
  /** Kernel and architecture. */
  readonly kernel: string;
  readonly distribution: string;
  readonly uptimeMs: number;
  readonly load: readonly number[];
  readonly processors: number;
  readonly memory: { readonly total: number; readonly free: number };
  /** The disk of each path that could be looked at. */
  readonly disks: readonly { readonly path: string; readonly total: number; readonly free: number }[];
  /** Wall clock, ms since the epoch. */
  readonly wallMs: number;
  readonly isSynchronised: boolean;
  readonly boot: string;
  readonly interfaces: readonly { readonly name: string; readonly addresses: readonly string[] }[];
}

/** The facts, a line each. */
export const systemLines = (facts: SystemFacts): readonly string[] => {
  const { uptimeMs, load, processors, memory, disks, wallMs, isSynchronised, boot, interfaces } = facts;
  return [
    `host        ${facts.host}, ${facts.distribution}, ${facts.kernel}`,
    `uptime      ${showDuration(uptimeMs)}, boot ${boot}`,
    `load        ${load.map((each) => each.toFixed(2)).join(' ')} on ${processors} processors`,
    `memory      ${showSize(memory.free)} of ${showSize(memory.total)} free`,
    ...disks.map(
      ({ path, total, free }) => `disk        ${showSize(free)} of ${showSize(total)} free: ${path}`,
    ),
    `clock       ${new Date(wallMs).toISOString()}, ${isSynchronised ? '' : 'not known to be '}synchronised`,
    ...interfaces.map(({ name, addresses }) => `interface   ${name}: ${addresses.join(', ')}`),
  ];
};
