import { app } from './app.js';
import { broker, cvmain, site } from './neighbours.js';
import type { SimPart } from './part.js';
import { server } from './server.js';

/** The parts by name, as in `cvmqtt sim NAME`. */
export const parts: ReadonlyMap<string, SimPart> = new Map([
  ['site', { words: { least: 0, most: 0 }, start: site }],
  ['broker', { words: { least: 0, most: 0 }, start: broker }],
  ['cvmain', { words: { least: 0, most: 0 }, start: cvmain }],
  ['server', { words: { least: 1, most: 2 }, start: server }],
  ['app', { words: { least: 1, most: 1 }, start: app }],
]);
