import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadedWith, root } from '../support/imports.js';

/** The commands that are for laptops, too; `replay` draws the report. */
const commands = ['dev', 'send', 'listen', 'integrations', 'replay', 'test', 'explain'];

/** What only Linux has, or not each system. */
const ofLinux =
  /['"`]\/(?:proc|sys|dev|run)\/|\bgete?[ug]id\b|\bO_NO[A-Z]+|'SIG(?!INT')[A-Z0-9]+'|\bchmod|\bsetPriority|\bFSWatcher\b|\.platform\b/;

const isSource = (module: string): boolean => module.endsWith('.ts') && existsSync(join(root, module));

/** The code of a module without its comments. */
const codeOf = (module: string): string =>
  readFileSync(join(root, module), 'utf8').replace(/\/\*.*?\*\/|^\s*\/\/[^\n]*$/gms, '');

describe('docs/developers.md#other-systems', () => {
  it('lists each file of these commands that uses what only Linux has', () => {
    const page = readFileSync(join(root, 'docs', 'developers.md'), 'utf8');
    const [, section = ''] = page.split('## macOS and Windows\n');
    const modules = new Set(commands.flatMap((name) => [...loadedWith(`bin/${name}.ts`, ['dynamic'])]));
    const using = [...modules].filter((module) => isSource(module) && ofLinux.test(codeOf(module)));
    expect(using).to.include('lib/storage/watch.ts');
    expect(using.filter((module) => !section.includes(`\`${module}\``))).to.deep.equal([]);
  });
});
