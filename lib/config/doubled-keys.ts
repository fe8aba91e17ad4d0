import * as E from 'fp-ts/lib/Either.js';
import * as jsonc from 'jsonc-parser';

/** More keys than this are not named. */
const maxNamed = 10;

/**
 * The keys that an object in a JSON text has more than once, each once and with its path, such as
 * `mq.external_integrations`; at most ten. A parser keeps the last value of such a key and says nothing (RFC 8259, 4).
 * Comments and trailing commas are allowed. None of a text that is not JSON.
 */
export const doubledKeys = (text: string): readonly string[] => {
  const found = new Set<string>();
  return E.getOrElse((): readonly string[] => [])(
    E.tryCatch(
      () => {
        const errors: jsonc.ParseError[] = [];
        const root = jsonc.parseTree(text, errors, { allowTrailingComma: true });
        if (root !== undefined && errors.length === 0) collect(root, '', found);
        return [...found];
      },
      () => 'is nested too deeply',
    ),
  );
};

const collect = ({ type, children = [] }: jsonc.Node, path: string, found: Set<string>): void => {
  if (found.size >= maxNamed) return;
  if (type === 'array') for (const [at, child] of children.entries()) collect(child, `${path}${at}.`, found);
  if (type !== 'object') return;
  const seen = new Set<string>();
  for (const { children: [key, value] = [] } of children) {
    const name = String(key?.value);
    if (seen.has(name) && found.size < maxNamed) found.add(`${path}${name}`);
    seen.add(name);
    if (value !== undefined) collect(value, `${path}${name}.`, found);
  }
};
