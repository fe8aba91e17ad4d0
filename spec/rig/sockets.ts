import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';

/** True if the system lists a process's sockets in `/proc`, as Linux does. */
export const listsSockets = existsSync('/proc/self/net/tcp');

/** A socket that other processes can send to or connect to. */
export interface OpenToOthers {
  readonly table: string;
  readonly line: string;
}

/** The state LISTEN in `/proc/net/tcp`, and the flag __SO_ACCEPTCON in `/proc/net/unix` (proc(5)). */
const listening = { tcp: '0A', unix: 0x10000 };

const split = (line: string): readonly string[] => line.trim().split(/\s+/);

/**
 * For each table: the column of the inode, and which sockets are open to others. A UDP socket in its table is
 * bound.
 */
const tables: readonly {
  readonly name: string;
  readonly inode: number;
  readonly isOpen: (fields: readonly string[]) => boolean;
}[] = [
  ...['tcp', 'tcp6'].map((name) => ({
    name,
    inode: 9,
    isOpen: (fields: readonly string[]) => fields[3] === listening.tcp,
  })),
  ...['udp', 'udp6', 'udplite', 'udplite6', 'raw', 'raw6'].map((name) => ({
    name,
    inode: 9,
    isOpen: () => true,
  })),
  {
    name: 'unix',
    inode: 6,
    isOpen: (fields) => (Number.parseInt(fields[3] ?? '', 16) & listening.unix) !== 0,
  },
];

/** Number of sockets of a process, and those that are open to others, as listed by the system. */
export async function socketsOf(
  pid: number,
): Promise<{ readonly count: number; readonly open: readonly OpenToOthers[] }> {
  const directory = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(directory)).map((fd) => readlink(`${directory}/${fd}`).catch(() => '')),
  );
  const inodes = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  const open: OpenToOthers[] = [];
  for (const { name, inode, isOpen } of tables) {
    const table = await readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '');
    for (const line of table.split('\n').slice(1)) {
      const fields = split(line);
      if (inodes.has(fields[inode] ?? '') && isOpen(fields)) open.push({ table: name, line: line.trim() });
    }
  }
  return { count: inodes.size, open };
}
