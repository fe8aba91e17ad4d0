import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** An import as written in a module. */
export interface Import {
  /** What is imported: the path of a module in the checkout, or a package. */
  readonly target: string;
  /** `type` leaves nothing in the compiled code; `dynamic` loads only when it is executed. */
  readonly how: 'static' | 'type' | 'dynamic';
}

const statement = /^(import|export) (type )?(?:[^;']*? from )?'([^']+)'/gm;
const expression = /\bimport\('([^']+)'\)/g;

/** The imports of a module, given by its path in the checkout. */
export const importsOf = (module: string): readonly Import[] => {
  const text = readFileSync(join(root, module), 'utf8');
  const resolved = (specifier: string): string =>
    specifier.startsWith('.') ? join(dirname(module), specifier).replace(/\.js$/, '.ts') : specifier;
  const statements = [...text.matchAll(statement)].map(
    ([, , type, specifier = '']): Import => ({
      target: resolved(specifier),
      how: type === undefined ? 'static' : 'type',
    }),
  );
  const expressions = [...text.matchAll(expression)].map(
    ([, specifier = '']): Import => ({ target: resolved(specifier), how: 'dynamic' }),
  );
  return [...statements, ...expressions];
};

/** The modules below a folder, as paths in the checkout. */
export const modulesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));

/** All modules and packages that are loaded with a module. */
export const loadedWith = (module: string, also: readonly Import['how'][] = []): ReadonlySet<string> => {
  const loaded = new Set<string>();
  const visit = (target: string): void => {
    if (loaded.has(target)) return;
    loaded.add(target);
    // The browser's code, in JavaScript, imports nothing from elsewhere.
    if (!target.endsWith('.ts') || !existsSync(join(root, target))) return;
    for (const each of importsOf(target)) {
      if (each.how === 'static' || also.includes(each.how)) visit(each.target);
    }
  };
  visit(module);
  return loaded;
};

/** The package of an import target: `fp-ts` for `fp-ts/lib/Either.js`, `@grpc/grpc-js` unchanged. */
export const packageOf = (target: string): string =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
