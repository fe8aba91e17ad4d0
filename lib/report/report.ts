/** The reports of a run: a page for a browser, a picture for a document. */
export { htmlReport } from './html.js';
export { svgReport } from './svg.js';
