/**
 * An app. Without an address, the notifier gets its messages.
 *
 * @typedef {object} App
 * @property {string} name
 * @property {boolean} isRegistered
 * @property {string | null} address
 * @property {string | undefined} warning
 * @property {boolean} isUnheard
 * @property {{ from: number, to: number | undefined }[]} periods when it was registered, the latest ones
 */

/** Cuts the oldest off a list that grows, not at each time. Returns what was cut off. @template T @param {T[]} list @param {number} most @returns {T[]} */
export const trim = (list, most) => (list.length > most * 1.25 + 1 ? list.splice(0, list.length - most) : []);

/**
 * The apps that are or were registered, and the changes of the live set; the latest ones of each.
 *
 * @param {{ readonly apps: number, readonly changes: number, readonly periods: number }} most
 */
export const registryOf = (most) => {
  /** @type {Map<string, App>} */
  const apps = new Map();
  /** @type {{ at: number, name: string, isRegistered: boolean }[]} */
  let changes = [];
  let version = 0;

  /** Makes room for an app: forgets those first that are not registered. */
  const makeRoom = () => {
    const [first] = apps.values();
    const oldest = [...apps.values()].find(({ isRegistered }) => !isRegistered) ?? first;
    if (oldest !== undefined) apps.delete(oldest.name);
  };
  /** @param {string} name @returns {App} */
  const app = (name) => {
    const known = apps.get(name);
    if (known !== undefined) return known;
    if (apps.size >= most.apps) makeRoom();
    /** @type {App} */
    const added = {
      ...{ name, isRegistered: false, address: null, warning: undefined, isUnheard: false, periods: [] },
    };
    apps.set(name, added);
    return added;
  };
  /** @param {number} at @param {string} name @param {boolean} isRegistered */
  const changed = (at, name, isRegistered) => {
    const one = app(name);
    if (one.isRegistered !== isRegistered) {
      if (isRegistered) one.periods.push({ from: at, to: undefined });
      else for (const period of one.periods.slice(-1)) period.to = at;
      trim(one.periods, most.periods);
    }
    one.isRegistered = isRegistered;
    one.isUnheard = false;
    changes.push({ at, name, isRegistered });
    trim(changes, most.changes);
    version += 1;
    return one;
  };

  return {
    /** @param {{ readonly name: string, readonly address: string | null, readonly warning?: string }} event @param {number} at */
    registered: ({ name, address, warning }, at) => {
      Object.assign(changed(at, name, true), { address, warning });
    },
    /** @param {string} name @param {number} at */
    unregistered: (name, at) => {
      changed(at, name, false);
    },
    /** Nothing listens at an address. @param {string} to @param {string} notifier */
    unheard: (to, notifier) => {
      for (const one of apps.values()) {
        if (one.isUnheard || !one.isRegistered || (one.address ?? notifier) !== to) continue;
        one.isUnheard = true;
        version += 1;
      }
    },
    reset: () => {
      apps.clear();
      changes = [];
      version += 1;
    },
    /** @returns {readonly App[]} */
    apps: () => [...apps.values()],
    changes: () => changes,
    /** Changes with the apps. */
    version: () => version,
  };
};
