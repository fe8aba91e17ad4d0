import { readFileSync, writeFileSync } from 'node:fs';
import { tablesOf, withTables } from './tables/pages.js';

/** Writes the generated tables into the pages of this folder: `npm run docs`. */
for (const [page, tables] of Object.entries(tablesOf)) {
  const file = new URL(page, import.meta.url);
  writeFileSync(file, withTables(readFileSync(file, 'utf8'), tables));
}
