import { readFileSync, writeFileSync } from 'node:fs';
import { settingsTable } from '../lib/config/settings-table.js';

/** Writes the generated parts of the documentation: `npm run docs`. */
const file = new URL('./settings.md', import.meta.url);
const [head = ''] = readFileSync(file, 'utf8').split('| setting |');
writeFileSync(file, `${head}${settingsTable()}\n`);
