import { readFile } from 'node:fs/promises';

/** The resident memory of a process, current and peak, in bytes. */
export const memoryOf = async (pid: number): Promise<{ readonly now: number; readonly most: number }> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  return { now: field('VmRSS'), most: field('VmHWM') };
};
