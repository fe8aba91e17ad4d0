import * as t from 'io-ts';

/** What of a JSON value may be shown: an allow-list, as a new key of another program may be a secret. */
export type Allowed =
  /** Undefined: not to be shown. */
  | { readonly kind: 'value'; readonly show: (value: unknown) => unknown }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Allowed>> }
  | { readonly kind: 'list'; readonly item: Allowed };

/** Stands for what was taken out. */
export const removed = '[removed]';

/** A value that may be shown if the codec accepts it. */
export const shownIf = (codec: { readonly is: (value: unknown) => boolean }): Allowed => ({
  kind: 'value',
  show: (value) => (codec.is(value) ? value : undefined),
});

/** An object of which these fields may be shown. */
export const objectOf = (fields: Readonly<Record<string, Allowed>>): Allowed => ({ kind: 'object', fields });

/** A list of such items. */
export const listOf = (item: Allowed): Allowed => ({ kind: 'list', item });

/** The value with {@link removed} for what may not be shown; of other fields it says how many there are, not their names. */
export const allowedOf = (value: unknown, allowed: Allowed): unknown => {
  switch (allowed.kind) {
    case 'value':
      return allowed.show(value) ?? removed;
    case 'list':
      return Array.isArray(value) ? value.map((each) => allowedOf(each, allowed.item)) : removed;
    case 'object':
      return t.UnknownRecord.is(value) && !Array.isArray(value)
        ? shownFields(value, allowed.fields)
        : removed;
  }
};

const shownFields = (
  value: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Allowed>>,
): unknown => {
  const shown = Object.entries(value).flatMap(([key, field]) => {
    const allowed = Object.hasOwn(fields, key) ? fields[key] : undefined;
    return allowed === undefined ? [] : [[key, allowedOf(field, allowed)] as const];
  });
  const others = Object.keys(value).length - shown.length;
  return Object.fromEntries([...shown, ...(others === 0 ? [] : [['other fields', others] as const])]);
};
