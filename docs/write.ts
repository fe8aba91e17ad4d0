import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { apiPages } from './api-pages.js';
import { tablesOf, withTables } from './tables/pages.js';

/** Writes the generated tables into the pages of this folder, and the pages of `api/`: `npm run docs`. */
for (const [page, tables] of Object.entries(tablesOf)) {
  const file = new URL(page, import.meta.url);
  writeFileSync(file, withTables(readFileSync(file, 'utf8'), tables));
}
mkdirSync(new URL('api/', import.meta.url), { recursive: true });
for (const [page, text] of await apiPages()) writeFileSync(new URL(`api/${page}`, import.meta.url), text);
