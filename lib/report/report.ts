/** The reports of a run, or of two: a page for a browser, a picture for a document. */
export { htmlReport } from './html.js';
export { htmlPair } from './html-pair.js';
export { svgReport } from './svg.js';
export { svgPair } from './svg-pair.js';
