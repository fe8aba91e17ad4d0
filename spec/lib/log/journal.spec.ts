import { expect } from 'chai';
import { isJournal, journalPrefix } from '../../../lib/log/journal.js';
import { levels } from '../../../lib/log/record.js';

describe('the journal of systemd', () => {
  it('is recognised by the device and inode that JOURNAL_STREAM names', () => {
    const stderr = { dev: 9n, ino: 18446744073709551615n };
    expect(isJournal('9:18446744073709551615', stderr)).to.equal(true);
    for (const other of [undefined, '', '9', '9:1', '1:18446744073709551615', '9:18446744073709551615 '])
      expect(isJournal(other, stderr)).to.equal(false);
  });

  it('gets the priorities of syslog: err, warning, info, debug', () => {
    expect(levels.map(journalPrefix)).to.deep.equal(['<3>', '<4>', '<6>', '<7>']);
  });
});
