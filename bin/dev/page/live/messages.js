import { element, glyph } from '../../../../lib/report/page/dom.js';
import { clock, stateOf } from './details.js';
import { resultOf } from './lanes.js';

/**
 * @typedef {import('./store.js').Entry} Entry
 * @typedef {import('../../../../lib/report/marks.js').Mark} Mark
 * @typedef {{ readonly element: HTMLElement, readonly state: HTMLElement, result: string }} Line
 */

/** Most lines in the list. */
const mostLines = 100;

/** What the list can be limited to. @type {Readonly<Record<string, (entry: Entry) => boolean>>} */
const filters = {
  all: () => true,
  waiting: ({ end }) => end === undefined,
  rejected: ({ end }) => end?.event.event === 'dead-lettered',
};

/** The latest entries that pass, newest first. @param {readonly Entry[]} entries @param {string} filter */
export const latest = (entries, filter) => {
  const passes = filters[filter] ?? (() => true);
  const found = [];
  for (let at = entries.length - 1; at >= 0 && found.length < mostLines; at -= 1)
    if (passes(entries[at])) found.push(entries[at]);
  return found;
};

/**
 * The list of the latest messages: a listbox, in which the arrow keys choose.
 *
 * @param {HTMLElement} list
 * @param {readonly Mark[]} marks
 * @param {(id: number) => void} choose
 */
export const messageList = (list, marks, choose) => {
  /** @type {Map<number, Line>} */
  const lines = new Map();
  /** @type {number | undefined} */
  let chosen;

  /** @param {Entry} entry @returns {Line} */
  const lineOf = ({ id, at, name }) => {
    const state = element('span', { className: 'state' });
    const line = element('div', { role: 'option', id: `message-${id}`, 'aria-selected': id === chosen }, [
      element('span', { className: 'mark' }),
      element('time', { textContent: clock(at).slice(0, 8) }),
      element('span', { className: 'name', textContent: name }),
      state,
    ]);
    line.addEventListener('click', () => choose(id));
    return { element: line, state, result: '' };
  };
  /** @param {Line} line @param {Entry} entry @param {number} now */
  const update = (line, entry, now) => {
    const state = stateOf(entry, now);
    if (line.state.textContent !== state) line.state.textContent = state;
    const result = resultOf(entry) ?? 'not settled';
    if (line.result === result) return;
    line.result = result;
    const mark = marks.find((each) => each.result === result);
    line.state.className = `state tone-${mark?.tone}`;
    if (mark !== undefined) line.element.firstElementChild?.replaceChildren(glyph(mark));
  };

  list.addEventListener('keydown', (event) => {
    const ids = [...lines.keys()];
    const at = chosen === undefined ? -1 : ids.indexOf(chosen);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    if (next === undefined || ids.length === 0) return;
    event.preventDefault();
    const id = ids[Math.min(ids.length - 1, Math.max(0, next))];
    choose(id);
    lines.get(id)?.element.scrollIntoView({ block: 'nearest' });
  });

  return {
    /** @param {readonly Entry[]} entries @param {number} now */
    show: (entries, now) => {
      const wanted = new Set(entries.map(({ id }) => id));
      const before = new Map(lines);
      lines.clear();
      for (const [id, line] of before) if (!wanted.has(id)) line.element.remove();
      let next = list.firstElementChild;
      for (const entry of entries) {
        const line = before.get(entry.id) ?? lineOf(entry);
        lines.set(entry.id, line);
        update(line, entry, now);
        if (line.element === next) next = next.nextElementSibling;
        else list.insertBefore(line.element, next);
      }
      mark();
    },
    /** @param {number | undefined} id */
    choose: (id) => {
      chosen = id;
      mark();
    },
  };

  function mark() {
    for (const [id, { element: line }] of lines) {
      const now = `${id === chosen}`;
      if (line.getAttribute('aria-selected') !== now) line.setAttribute('aria-selected', now);
    }
    if (chosen !== undefined && lines.has(chosen))
      list.setAttribute('aria-activedescendant', `message-${chosen}`);
    else list.removeAttribute('aria-activedescendant');
  }
};
