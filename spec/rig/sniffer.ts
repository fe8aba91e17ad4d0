import { join } from 'node:path';
import { type AtEnd, temporaryDirectory } from './at-end.js';
import { type Child, startChild } from './child.js';
import { itWith } from './programs.js';

/** Tests that look at the packets on the loopback interface. */
export const itWithSniffer = (program: 'tcpdump' | 'tshark') =>
  process.getuid?.() === 0
    ? itWith('mosquitto', 'mosquitto_passwd', program)
    : (title: string, _test: () => Promise<void>): void => {
        it(`${title} (needs root, to see packets)`);
      };

/** A program that records the packets at a port of this machine in a file. */
export interface Sniffer {
  readonly file: string;
  /** Ends it once it has seen, and written, the first connection that ended. */
  stop(): Promise<void>;
}

/** Starts tcpdump or tshark; resolves when it listens. */
export async function startSniffer(
  atEnd: AtEnd,
  program: 'tcpdump' | 'tshark',
  port: number,
): Promise<Sniffer> {
  const file = join(await temporaryDirectory(atEnd), 'packets');
  const args = {
    // Without -Z it becomes another user, which may not write there.
    // A large buffer: a busy machine would drop packets, and the cut packets would be reported as broken.
    tcpdump: [
      ...['-i', 'lo', '-n', '-l', '--print', '-U', '-B', '65536', '-Z', 'root'],
      ...['-w', file, 'port', String(port)],
    ],
    tshark: ['-i', 'lo', '-n', '-l', '-P', '-B', '64', '-w', file, '-f', `port ${port}`],
  };
  const child: Child = startChild(atEnd, program, args[program]);
  await child.stderr.first(`${program} to listen`, (line) =>
    program === 'tcpdump' ? /listening on/.test(line) : /Capture started/.test(line),
  );
  return {
    file,
    stop: async () => {
      await child.stdout.first('end of a connection', (line) => /Flags \[F|\[FIN/.test(line));
      await child.end('SIGINT');
    },
  };
}
