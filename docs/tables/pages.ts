import { exitCodesTable } from './exit-codes.js';
import { diagramsTable, optionsTable } from './keywords.js';
import { letterStatesTable } from './letter-states.js';
import { logLinesTable } from './log-lines.js';
import { adviceTable, reasonsTable, stepsTable } from './reasons.js';
import { settingsTable } from './settings.js';
import { stateFilesTable } from './state-files.js';

/** The tables of the pages of `docs/` that are generated from the code. */
export const tablesOf: Readonly<Record<string, readonly string[]>> = {
  'settings.md': [settingsTable()],
  'developers.md': [adviceTable()],
  'messages.md': [reasonsTable()],
  'architecture.md': [stepsTable()],
  'operating.md': [logLinesTable(), stateFilesTable(), exitCodesTable()],
  'dead-letters.md': [letterStatesTable()],
  'rule-tests.md': [optionsTable(), diagramsTable()],
};

/** The page with each table in place of the one with the same head; throws if the page has none. */
export const withTables = (page: string, tables: readonly string[]): string =>
  tables.reduce((text, table) => {
    const [head = ''] = table.split('\n');
    const at = text.indexOf(`\n${head}\n`) + 1;
    if (at === 0) throw new Error(`no table begins with ${head}`);
    const end = /\n(?!\|)/.exec(text.slice(at))?.index ?? text.length;
    return text.slice(0, at) + table + text.slice(at + end);
  }, page);
