import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as jsonc from 'jsonc-parser';

/**
 * Parses JSON that people edit: comments and trailing commas are allowed. Left says where it is broken. Every key becomes
 * an own property, even `__proto__`.
 */
export const parseJsonWithComments = (text: string): E.Either<string, unknown> =>
  pipe(
    parsed(text),
    E.chain(({ json, error }) =>
      error === undefined ? E.right(json) : E.left(`is not JSON, line ${lineOf(text, error.offset)}`),
    ),
  );

/**
 * Whether a power cut explains what is wrong with the text: it is empty, contains NULs, or ends too early, as a file does
 * that was being written (ext4 and f2fs with delayed allocation). A person who leaves out the last brace produces the same
 * text; on a unit in the field the power cut is likelier, and mistaking it for an error costs more.
 */
export const isTorn = (text: string): boolean => {
  const written = text.trimEnd();
  if (written === '' || text.includes('\0')) return true;
  return pipe(
    parsed(text),
    E.match(
      () => false,
      ({ error }) =>
        error !== undefined &&
        error.offset + error.length >= written.length &&
        jsonc.printParseErrorCode(error.error) !== 'EndOfFileExpected' &&
        /^\s*[{/]/.test(text),
    ),
  );
};

interface Parsed {
  readonly json: unknown;
  /** The first error. */
  readonly error: jsonc.ParseError | undefined;
}

const parsed = (text: string): E.Either<string, Parsed> =>
  E.tryCatch(
    () => {
      const errors: jsonc.ParseError[] = [];
      const root = jsonc.parseTree(text, errors, { allowTrailingComma: true });
      return { json: root && jsonOf(root), error: errors[0] };
    },
    () => 'is nested too deeply',
  );

/** Builds the value with own properties only: `jsonc.parse` would set the prototype for `__proto__`. */
const jsonOf = ({ type, value, children = [] }: jsonc.Node): unknown => {
  if (type === 'array') return children.map(jsonOf);
  if (type !== 'object') return value;
  return Object.fromEntries(
    children.map(({ children: [key, field] = [] }) => [String(key?.value), field && jsonOf(field)]),
  );
};

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;
