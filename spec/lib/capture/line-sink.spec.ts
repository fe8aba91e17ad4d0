import { expect } from 'chai';
import { LineSink } from '../../../lib/capture/line-sink.js';
import type { Output } from '../../../lib/capture/output.js';

/** An output that records its calls, and may be slow or fail. */
const noting = ({
  bytes = 0,
  write = async () => undefined,
}: Partial<Pick<Output, 'bytes' | 'write'>> = {}) => {
  const done: string[] = [];
  const output: Output = {
    bytes,
    write: async (text) => {
      await write(text);
      done.push(text);
    },
    rotate: async () => void done.push('rotate'),
    close: async () => void done.push('close'),
  };
  return { done, output };
};

const none = { opening: () => [], room: () => undefined, failed: () => undefined };

describe('LineSink', () => {
  it('writes lines taken together in one write, in order', async () => {
    const { done, output } = noting();
    const sink = new LineSink({ ...none, output });
    for (const line of ['a', 'b', 'é']) sink.write(() => line);
    expect(sink.bytes).to.equal(7);
    await sink.close();
    expect(done).to.deep.equal(['a\nb\né\n', 'close']);
  });

  it('writes lines taken during a write in the next one', async () => {
    let release = (): void => undefined;
    let began = (): void => undefined;
    const writing = new Promise<void>((resolve) => {
      began = resolve;
    });
    const { done, output } = noting({
      write: (text) => {
        began();
        return text === 'a\n'
          ? new Promise((resolve) => {
              release = resolve;
            })
          : Promise.resolve();
      },
    });
    const sink = new LineSink({ ...none, output });
    sink.write(() => 'a');
    await writing;
    sink.write(() => 'b');
    sink.write(() => 'c');
    release();
    await sink.close();
    expect(done).to.deep.equal(['a\n', 'b\nc\n', 'close']);
  });

  it('starts a new file, with its first lines, before a line that would exceed the size', async () => {
    const { done, output } = noting({ bytes: 4 });
    let file = 0;
    const sink = new LineSink({ ...none, output, rotateBytes: 10, opening: () => [`file ${file++}`] });
    for (const line of ['12345', '6', '7']) sink.write(() => `${line}`);
    await sink.close();
    expect(done).to.deep.equal(['12345\n', 'rotate', 'file 0\n6\n', 'rotate', 'file 1\n7\n', 'close']);
  });

  it('makes a line again if it begins a new file, as its time counts from there', async () => {
    const { done, output } = noting();
    let file = 0;
    const opening = () => {
      file += 1;
      return [];
    };
    const sink = new LineSink({ ...none, output, rotateBytes: 20, opening });
    for (let line = 0; line < 3; line += 1) sink.write(() => `line of file ${file}`);
    await sink.close();
    const lines = ['line of file 0\n', 'rotate', 'line of file 1\n', 'rotate', 'line of file 2\n', 'close'];
    expect(done).to.deep.equal(lines);
  });

  it('has no room while too much waits, and reports when it has again', async () => {
    let rooms = 0;
    let release = (): void => undefined;
    const { output } = noting({
      write: () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    });
    const roomAgain = new Promise<void>((resolve) => {
      const room = () => {
        rooms += 1;
        resolve();
      };
      const sink = new LineSink({ ...none, output, room });
      sink.write(() => 'x'.repeat(8_388_606));
      expect(sink.hasRoom).to.equal(true);
      sink.write(() => '');
      expect(sink.hasRoom).to.equal(false);
    });
    const poll = setInterval(() => release(), 1);
    await roomAgain;
    clearInterval(poll);
    expect(rooms).to.equal(1);
  });

  it('reports a failed write once, and writes nothing more', async () => {
    const failures: unknown[] = [];
    const { done, output } = noting({ write: () => Promise.reject(new Error('full')) });
    const sink = new LineSink({ ...none, output, failed: (error) => failures.push(error) });
    sink.write(() => 'a');
    await sink.close();
    sink.write(() => 'b');
    await sink.close();
    expect(failures.map(String)).to.deep.equal(['Error: full']);
    expect(done).to.deep.equal(['close', 'close']);
  });
});
