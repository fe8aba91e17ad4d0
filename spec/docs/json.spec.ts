import { expect } from 'chai';
import { jsonFields } from '../../docs/tables/json.js';
import { everyCommand } from '../../packaging/every-command.js';
import { jsonFaults } from '../rig/json-fields.js';

describe('docs/json.md', () => {
  it('has names in snake_case, and whole numbers only', () => {
    for (const fields of Object.values(jsonFields)) {
      for (const [path, type] of fields) {
        expect(path).to.match(/^([a-z0-9_]+|\*)((\[\])?\.([a-z0-9_]+|\*))*\??$/);
        if (/_ms\??$/.test(path)) expect(type).to.match(/^integer/);
      }
    }
  });

  it('has each command with --json', () => {
    const commands = everyCommand.filter(({ usage }) => Object.hasOwn(usage.options, 'json'));
    const documented = new Set(Object.keys(jsonFields).map((command) => command.split(' ')[0]));
    expect(commands.map(({ usage }) => usage.name).filter((name) => name !== 'send')).to.have.members([
      ...documented,
    ]);
  });

  it('is compared with lines as strictly as it says', () => {
    const good = { subject: 'a', level: 'ok', code: 'b', text: 'c' };
    const faults = (line: object): readonly string[] => jsonFaults('check', JSON.stringify(line));
    expect(faults(good)).to.deep.equal([]);
    expect(faults({ ...good, advice: 'd' })).to.deep.equal([]);
    expect(faults({ ...good, advice: null })).to.have.length(1);
    expect(faults({ ...good, other: 1 })).to.deep.equal(['other is not documented']);
    expect(faults({ level: 'ok', code: 'b', text: 'c' })).to.deep.equal(['subject is missing']);
    expect(jsonFaults('replay', '{"at_ms":1.5}')).to.include('at_ms is no integer: 1.5');
    expect(jsonFaults('explain', '{"steps":[{"decidedBy":"x"}]}')).to.include.members([
      'steps[].decidedBy is not documented',
      'steps[].rule is missing',
    ]);
  });
});
