import { readFileSync, writeFileSync } from 'node:fs';
import { settingsTable } from '../lib/config/settings-table.js';

/** Writes the parts of the documentation that are made from the code: `npm run docs`. */
const file = new URL('./settings.md', import.meta.url);
const [head = ''] = readFileSync(file, 'utf8').split('| setting |');
writeFileSync(file, `${head}${settingsTable()}\n`);
