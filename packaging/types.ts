import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

/** The entry points of the library, as `exports` of package.json names them. */
export const entries = ['index', 'rules', 'testing'] as const;

/**
 * Packages whose types are ours in the published declarations, so that nobody has to install them: what is published names
 * a few types of theirs, which are in `api/types`.
 */
const ownTypes: Readonly<Record<string, string>> = {
  'fp-ts/lib/Either.js': 'api/types/either.d.ts',
  'io-ts': 'api/types/io-ts.d.ts',
};

const specifier = /(from |import\()'([^']+)'/g;

/** The declarations of the library: the text of each file that an entry point needs, by its path in the checkout. */
export const declarations = async (): Promise<ReadonlyMap<string, string>> => {
  const directory = await mkdtemp(join(tmpdir(), 'cvmqtt-types-'));
  try {
    execFileSync(process.execPath, [tsc, '-p', join(root, 'api'), '--outDir', directory], {
      encoding: 'utf8',
    });
    await cp(join(root, 'api', 'types'), join(directory, 'api', 'types'), { recursive: true });
    const files = new Map<string, string>();
    const open = entries.map((entry) => `api/${entry}.d.ts`);
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (files.has(file)) continue;
      const here = posix.dirname(file);
      const text = await readFile(join(directory, file), 'utf8');
      files.set(
        file,
        text.replace(specifier, (whole: string, before: string, name: string) => {
          const target = name.startsWith('.')
            ? posix.join(here, name.replace(/\.js$/, '.d.ts'))
            : ownTypes[name];
          if (target === undefined) return whole;
          open.push(target);
          return `${before}'${relativeTo(here, target)}'`;
        }),
      );
    }
    return files;
  } finally {
    await rm(directory, { recursive: true });
  }
};

const relativeTo = (folder: string, file: string): string => {
  const path = relative(folder, file)
    .replaceAll('\\', '/')
    .replace(/\.d\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
};

/** Writes the declarations below a folder. */
export const writeTypes = async (folder: string): Promise<void> => {
  for (const [file, text] of await declarations()) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  await writeFile(join(folder, 'package.json'), '{"type":"module"}\n');
};
