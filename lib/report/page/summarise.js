import { byId } from './dom.js';
import { waitOf } from './facts.js';
import { everything, isEverything, passing, undecided } from './filter.js';
import { latenciesIn } from './latencies.js';
import { countsOf, latencyTable, resultSwitches } from './summary.js';
import { counted } from './time.js';

/**
 * Shows what a filter leaves: the switches of results, the percentiles, and how many messages are shown.
 *
 * @param {import('./decode.js').DecodedRun} run
 * @param {import('./filter.js').Filter} filter
 * @param {Uint8Array} passes
 * @param {number} left how many messages pass
 * @param {{ toggle: (result: number) => void, choose: (integration: number) => void }} then
 */
export const summarise = (run, filter, passes, left, { toggle, choose }) => {
  const { activeElement: active } = document;
  const focused = active instanceof HTMLButtonElement ? active.textContent : undefined;
  const found = passing(run, { ...filter, hidden: everything.hidden });
  const switches = resultSwitches(run, countsOf(run, found), filter.hidden, toggle);
  byId('results', HTMLElement).replaceChildren(...switches);
  const isSearch = filter.text !== '';
  const latencies = isSearch ? { ...latenciesIn(run, passes), texts: run.texts } : run;
  byId('latency', HTMLElement).replaceChildren(latencyTable(latencies, filter.integration, choose));
  const wait = waitOf(run.known);
  byId('percentiles', HTMLElement).textContent =
    `${wait.slice(0, 1).toUpperCase()}${wait.slice(1)}${isSearch ? ' of those found' : ''}`;
  byId('all', HTMLButtonElement).hidden = isEverything(filter);
  const by = filter.integration === 0 ? '' : ` for ${run.texts[filter.integration]}`;
  const unknown = undecided(run, filter, passes);
  byId('passing', HTMLElement).textContent = isEverything(filter)
    ? ''
    : `${counted(left)} of ${counted(run.messages)} shown${by}${unknown > 0 ? `; ${counted(unknown)} are only counted, and not searched` : ''}`;
  // The switch that was used has been replaced by a new element.
  const buttons = document.querySelectorAll('#results button, #latency button');
  const again = [...buttons].find((button) => button.textContent === focused);
  if (focused !== undefined && again instanceof HTMLElement) again.focus();
};
