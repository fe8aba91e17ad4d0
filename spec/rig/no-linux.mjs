// Loaded before a command (node --import): takes from the process what only Linux has, as far as one can from inside it.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

Object.defineProperty(process, 'platform', { value: 'win32' });
for (const name of ['getuid', 'geteuid', 'getgid', 'getegid', 'getgroups', 'setuid', 'setgid'])
  delete process[name];

const failure = (code, path) => Object.assign(new Error(`${code}: ${path}`), { code });

/** Paths that exist on Linux only. */
const isOfLinux = (path) => /^\/(proc|sys|run|dev)\//.test(`${path}`);
const { statSync } = fs;
/** Why a call fails there; a directory can't be opened on Windows, so not flushed either. */
const refused = (name, path) => {
  if (isOfLinux(path)) return failure('ENOENT', path);
  if (/^open/.test(name) && statSync(`${path}`, { throwIfNoEntry: false })?.isDirectory())
    return failure('EISDIR', path);
  return undefined;
};

for (const [module, isAsync] of [
  [fs, false],
  [fs.promises, true],
]) {
  for (const name of Object.keys(module)) {
    const original = module[name];
    if (
      typeof original !== 'function' ||
      !/^(access|chmod|exists|lstat|mkdir|open|opendir|read|readdir|readFile|readlink|realpath|stat|statfs)(Sync)?$/.test(
        name,
      )
    )
      continue;
    module[name] = (path, ...rest) => {
      const error = typeof path === 'number' ? undefined : refused(name, path);
      if (error === undefined) return original.call(module, path, ...rest);
      if (name === 'existsSync') return false;
      if (name === 'statSync' && rest[0]?.throwIfNoEntry === false) return undefined;
      if (isAsync) return Promise.reject(error);
      const done = rest.at(-1);
      if (typeof done !== 'function') throw error;
      process.nextTick(done, error);
      return undefined;
    };
  }
}

// Changes are found by looking.
fs.watch = () => {
  throw failure('ENOSYS', 'watch');
};
// Only these come from a terminal of Windows, or end a process there.
const known = new Set(['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP', 'SIGWINCH']);
const { on } = process;
process.on = process.addListener = (event, listener) =>
  /^SIG/.test(`${event}`) && !known.has(event) ? process : on.call(process, event, listener);
syncBuiltinESMExports();
