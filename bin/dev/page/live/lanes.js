/**
 * @typedef {import('./store.js').Entry} Entry
 * @typedef {import('./store.js').App} App
 */

/**
 * A lane of the diagram: all arrivals, changes of the live set, an app, apps without a lane of their own, or a reason for
 * which messages were not delivered.
 *
 * @typedef {{ readonly kind: 'arrivals' | 'set' | 'app' | 'others' | 'reason', readonly label: string }} Lane
 */

/** How many apps have a lane of their own. */
const mostApps = 12;

/** How an entry ended: `notified` or a reason; undefined if it has not. @param {Entry} entry */
export const resultOf = ({ end }) =>
  end === undefined ? undefined : end.event.event === 'notified' ? 'notified' : end.event.reason;

/**
 * The lanes for what is shown, apps by name and reasons in the order of the marks.
 *
 * @param {readonly Entry[]} shown
 * @param {readonly App[]} apps
 * @param {readonly string[]} results
 * @returns {readonly Lane[]}
 */
export const lanesOf = (shown, apps, results) => {
  const names = new Set(apps.filter(({ isRegistered }) => isRegistered).map(({ name }) => name));
  const seen = new Set();
  for (const entry of shown) {
    if (entry.app !== '') names.add(entry.app);
    seen.add(resultOf(entry));
  }
  const sorted = [...names].sort();
  const rest = sorted.length - mostApps;
  return [
    { kind: 'arrivals', label: 'arrivals' },
    { kind: 'set', label: 'live set' },
    ...sorted.slice(0, mostApps).map((label) => /** @type {const} */ ({ kind: 'app', label })),
    ...(rest > 0 ? [/** @type {const} */ ({ kind: 'others', label: `${rest} more` })] : []),
    ...results
      .filter((result) => result !== 'notified' && seen.has(result))
      .map((label) => /** @type {const} */ ({ kind: 'reason', label })),
  ];
};
