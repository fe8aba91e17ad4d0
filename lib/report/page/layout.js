/**
 * The positions of lanes, pixels. The first two, arrivals and the live set, are fixed; the others scroll below.
 *
 * @typedef {{ lane: import('./lanes.js').Lane, y: number }} Row y: the middle of the lane
 * @typedef {{ title: string, y: number }} Heading
 * @typedef {{ fixed: readonly Row[], scrolled: readonly Row[], headings: readonly Heading[], top: number, height: number, tall: number }} Layout
 *   top: where scrolling begins; y of what scrolls counts from there; height: of what scrolls; tall: the height of a lane
 */

export const axisHeight = 30;
export const laneHeight = 32;
/** The height of a lane where there is room. */
export const mostLaneHeight = 64;
const headingHeight = 26;

/** From where to where time is shown on a canvas of a width, pixels; before it are the names of the lanes. @param {number} width */
export const plotEdges = (width) => ({ left: width < 620 ? 146 : 210, right: width - 18 });

const titles = {
  integration: 'integrations',
  others: 'integrations',
  rejected: 'rejected',
  unsettled: 'open',
};

/**
 * @param {readonly import('./lanes.js').Lane[]} lanes
 * @param {number} [room] height of the canvas: few lanes become taller, up to what fits
 * @returns {Layout}
 */
export const layoutOf = (lanes, room = 0) => {
  const tall = laneHeightIn(lanes, room);
  const fixed = [];
  const scrolled = [];
  const headings = [];
  let y = 0;
  let title = '';
  for (const lane of lanes) {
    if (lane.kind === 'arrivals' || lane.kind === 'set') {
      fixed.push({ lane, y: axisHeight + (fixed.length + 0.5) * laneHeight });
      continue;
    }
    if (titles[lane.kind] !== title) {
      title = titles[lane.kind];
      headings.push({ title, y: y + headingHeight / 2 });
      y += headingHeight;
    }
    scrolled.push({ lane, y: y + tall / 2 });
    y += tall;
  }
  return { fixed, scrolled, headings, top: axisHeight + fixed.length * laneHeight, height: y + 10, tall };
};

/** @param {readonly import('./lanes.js').Lane[]} lanes @param {number} room */
const laneHeightIn = (lanes, room) => {
  const scrolled = lanes.flatMap(({ kind }) => (kind === 'arrivals' || kind === 'set' ? [] : [titles[kind]]));
  const headings = new Set(scrolled).size;
  const left =
    room - axisHeight - (lanes.length - scrolled.length) * laneHeight - headings * headingHeight - 10;
  return Math.min(mostLaneHeight, Math.max(laneHeight, Math.floor(left / Math.max(1, scrolled.length))));
};

/**
 * The height of a column relative to the highest one, chosen so that the areas are proportional to the counts.
 *
 * @param {number} count
 * @param {number} highest the count of the highest one
 */
export const columnHeight = (count, highest) => 10 + 18 * Math.sqrt((count - 1) / Math.max(highest - 1, 40));

/** The thickness of the band that shows how many messages wait. @param {number} depth */
export const bandHeight = (depth) => Math.min(16, 5 + 4 * Math.log10(depth));
