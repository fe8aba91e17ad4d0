import { type FileHandle, open, readdir, readlink } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { type Inbox, inbox } from '../sim/support/inbox.js';

/** Observes each call of a method of open files, and can hold it up or make it fail. */
export interface FileHandleSpy {
  readonly calls: Inbox<unknown>;
  /** Holds calls up until the returned function is called. */
  hold(): () => void;
  failNext(error: Error): void;
}

/** Watches `method` of all open files until the test ends. */
export async function fileHandleSpy(
  atEnd: (end: () => unknown) => void,
  method: 'datasync' | 'sync' | 'readFile',
): Promise<FileHandleSpy> {
  const prototype: object = await prototypeOfFileHandles();
  const original = Reflect.get(prototype, method);
  const calls = inbox<unknown>();
  let gate: Promise<void> = Promise.resolve();
  let failure: Error | undefined;
  Reflect.set(prototype, method, async function (this: FileHandle, ...args: readonly unknown[]) {
    calls.put(method);
    const error = failure;
    failure = undefined;
    await gate;
    if (error !== undefined) throw error;
    return Reflect.apply(original, this, args);
  });
  atEnd(() => Reflect.set(prototype, method, original));
  return {
    calls,
    hold: () => {
      let release: () => void = () => undefined;
      gate = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    failNext: (error) => {
      failure = error;
    },
  };
}

const prototypeOfFileHandles = async (): Promise<object> => {
  const file = await open(devNull);
  const prototype: object = Object.getPrototypeOf(file);
  await file.close();
  return prototype;
};

/** How many open files of this process are the one at `path`; undefined if the system does not say. */
export async function openFiles(path: string): Promise<number | undefined> {
  const own = '/proc/self/fd';
  const descriptors = await readdir(own).catch(() => undefined);
  const links = descriptors?.map((each) => readlink(join(own, each)).catch(() => ''));
  return links === undefined ? undefined : (await Promise.all(links)).filter((link) => link === path).length;
}
