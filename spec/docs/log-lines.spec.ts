import { expect } from 'chai';
import { logLines, logLinesTable } from '../../docs/tables/log-lines.js';
import { describe as describeEvent } from '../../lib/log/describe.js';
import { eventsWith } from '../support/events.js';
import { said } from '../support/said.js';

const lines = Object.values(logLines).flat();

describe('the lines of the log in docs/operating.md', () => {
  it('are there for each kind of event', () => {
    expect(Object.keys(logLines)).to.have.members(Object.keys(eventsWith('')));
    for (const [kind, each] of Object.entries(logLines))
      expect(each.map(({ event }) => event.kind)).to.deep.equal(each.map(() => kind));
  });

  it('are there for each level at which a kind is logged', () => {
    const documented = new Set(lines.map(({ event }) => `${event.kind} ${describeEvent(event).level}`));
    expect([...documented]).to.include.members(said.map(([{ kind }, level]) => `${kind} ${level}`));
  });

  it('differ, say what they mean and what to do, and fit into a table', () => {
    expect(new Set(lines.map(({ event }) => describeEvent(event).message)).size).to.equal(lines.length);
    for (const { means, todo } of lines)
      expect([means, todo]).to.satisfy((all: string[]) => all.every((each) => each !== ''));
    const rows = logLinesTable().split('\n');
    expect(rows.map((row) => row.split('|').length)).to.deep.equal(rows.map(() => 7));
  });
});
