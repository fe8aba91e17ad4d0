import { readdir, readFile } from 'node:fs/promises';

/**
 * CPU time of a process so far, user and system, s. Read per thread in ns: `/proc/<pid>/stat` counts ticks of 10 ms,
 * too coarse for an idle process.
 */
export const cpuSeconds = async (pid: number): Promise<number> => {
  const threads = await readdir(`/proc/${pid}/task`);
  const ns = threads.map(async (thread) => {
    const [ran = '0'] = (await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')).split(' ');
    return Number(ran);
  });
  return (await Promise.all(ns)).reduce((sum, each) => sum + each, 0) / 1e9;
};

/** Resident memory of a process, current and peak, MB (10^6 bytes). */
export const memoryOf = async (pid: number): Promise<{ readonly now: number; readonly most: number }> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number =>
    (Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / 1e6;
  return { now: field('VmRSS'), most: field('VmHWM') };
};
