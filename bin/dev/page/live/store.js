import { registryOf, trim } from './registry.js';

/**
 * @typedef {import('../../event.js').DevEvent} DevEvent
 * @typedef {Extract<DevEvent, { event: 'received' }>} Received
 * @typedef {Extract<DevEvent, { event: 'called' }>} Called
 * @typedef {Extract<DevEvent, { event: 'notified' }>} Notified
 * @typedef {Extract<DevEvent, { event: 'dead-lettered' }>} DeadLettered
 */

/**
 * A message. `at` in ms since 1970; `app` is empty if the name has none.
 *
 * @typedef {object} Entry
 * @property {number} id
 * @property {string} digest
 * @property {string} name
 * @property {string} app
 * @property {number} at
 * @property {Received | undefined} received undefined if it came before what is known
 * @property {{ readonly forMs: number, readonly until: number, readonly app: string, readonly nearest: string | undefined } | undefined} held
 * @property {boolean} spooled
 * @property {Called[]} calls
 * @property {{ readonly at: number, readonly event: Notified | DeadLettered } | undefined} end
 * @property {string[]} unheard addresses where nothing listens
 * @property {number} version changes with the entry
 */

/** @typedef {import('./registry.js').App} App */

/** @typedef {ReturnType<typeof storeOf>} Store */

/** A minute of 100 messages a second. */
const defaults = { entries: 6_000, apps: 1_000, changes: 500, log: 50, calls: 20, periods: 50 };

/** How far back it is looked for the message that nobody heard: messages, and ms. */
const [recently, soonMs] = [100, 100];

/** @param {{ name: string, topic?: string }} about */
const appOf = ({ name, topic }) => {
  const dash = name.indexOf('-');
  return name === topic || dash < 1 ? '' : name.slice(0, dash);
};

/**
 * What the page knows: events put together to messages and apps. All of it is bounded. Equal messages have one digest, and
 * are ended in order.
 *
 * @param {Partial<typeof defaults>} [bounds]
 */
export const storeOf = (bounds = {}) => {
  const most = { ...defaults, ...bounds };
  /** @type {Entry[]} */
  let entries = [];
  /** @type {Map<string, Entry[]>} */
  const open = new Map();
  const registry = registryOf(most);
  /** When nothing listened at an address, the last time, ms. @type {Map<string, number>} */
  const silent = new Map();
  /** @type {{ at: number, text: string }[]} */
  let log = [];
  const counts = { received: 0, notified: 0, rejected: 0 };
  let [unit, notifier, nextId] = ['', '', 1];

  /** @param {Entry} entry */
  const close = (entry) => {
    const left = open.get(entry.digest)?.filter((each) => each !== entry) ?? [];
    if (left.length === 0) open.delete(entry.digest);
    else open.set(entry.digest, left);
  };
  /** @param {{ digest: string, name: string }} about @param {number} at @param {Received} [received] */
  const begin = ({ digest, name }, at, received) => {
    /** @type {Entry} */
    const entry = {
      id: nextId,
      digest,
      name,
      app: appOf({ name, topic: received?.topic ?? '' }),
      at,
      received,
      held: undefined,
      spooled: false,
      calls: [],
      end: undefined,
      unheard: [],
      version: 0,
    };
    nextId += 1;
    entries.push(entry);
    for (const old of trim(entries, most.entries)) close(old);
    return entry;
  };
  /** @param {{ digest: string }} about @param {(entry: Entry) => void} change */
  const change = ({ digest }, change) => {
    const entry = open.get(digest)?.[0];
    if (entry === undefined) return;
    change(entry);
    entry.version += 1;
  };
  /** @param {Notified | DeadLettered} event @param {number} at */
  const end = (event, at) => {
    const entry = open.get(event.digest)?.[0] ?? begin(event, at - event.took_ms);
    entry.end = { at, event };
    entry.version += 1;
    close(entry);
    if (event.event === 'notified') counts.notified += 1;
    else counts.rejected += 1;
  };
  /** @param {Entry} entry @param {string} to */
  const nobodyHears = (entry, to) => {
    if (!entry.unheard.includes(to)) entry.unheard.push(to);
    entry.version += 1;
  };
  /** It is known soon after the packet was sent, before or after the call has ended. @param {string} to @param {number} at */
  const unheard = (to, at) => {
    registry.unheard(to, notifier);
    silent.set(to, at);
    if (silent.size > most.apps) silent.clear();
    const entry = entries
      .slice(-recently)
      .findLast(({ calls }) => calls.some((call) => call.to === to && at - Date.parse(call.at) < soonMs));
    if (entry !== undefined) nobodyHears(entry, to);
  };

  /** @param {DevEvent} event */
  const take = (event) => {
    const at = Date.parse(event.at);
    switch (event.event) {
      case 'started':
        unit = event.username;
        notifier = event.notifier;
        return;
      case 'registered':
        registry.registered(event, at);
        return;
      case 'unregistered':
        registry.unregistered(event.name, at);
        return;
      case 'received': {
        const entry = begin(event, at, event);
        open.set(event.digest, [...(open.get(event.digest) ?? []), entry]);
        counts.received += 1;
        return;
      }
      case 'held': {
        const { integration, nearest, for_ms } = event;
        // Of equal messages, the one that has just arrived.
        const entry = open.get(event.digest)?.at(-1);
        if (entry === undefined) return;
        entry.held = { forMs: for_ms, until: at + for_ms, app: integration, nearest };
        entry.version += 1;
        return;
      }
      case 'spooled':
        change(event, (entry) => {
          entry.spooled = true;
        });
        return;
      case 'called':
        change(event, (entry) => {
          entry.calls.push(event);
          trim(entry.calls, most.calls);
          if ((silent.get(event.to) ?? 0) >= at - event.took_ms) nobodyHears(entry, event.to);
        });
        return;
      case 'unheard':
        unheard(event.to, at);
        return;
      case 'notified':
      case 'dead-lettered':
        end(event, at);
        return;
      case 'log':
        log.push({ at, text: event.message });
        trim(log, most.log);
    }
  };

  return {
    take,
    reset: () => {
      entries = [];
      log = [];
      open.clear();
      silent.clear();
      registry.reset();
      Object.assign(counts, { received: 0, notified: 0, rejected: 0 });
    },
    /** The latest, in order of arrival. @returns {readonly Entry[]} */
    entries: () => entries,
    apps: registry.apps,
    changes: registry.changes,
    log: () => log,
    counts: () => counts,
    unit: () => unit,
    appsVersion: registry.version,
    /** The latest of equal messages. @param {string} digest */
    latest: (digest) => entries.findLast((entry) => entry.digest === digest),
  };
};
