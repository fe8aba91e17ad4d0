import { expect } from 'chai';
import { debianChangelog } from '../../packaging/debian/changelog.js';

describe('the changelog of the Debian package', () => {
  const signed = {
    version: '1.2.0-1',
    maintainer: 'A Name <a@b.c>',
    date: new Date('2026-03-01T06:00:00Z'),
  };

  it('has the first section of the changelog, in lines of at most 80 characters', () => {
    const changelog = `# Changelog

About it.

## [1.2.0] - 2026-03-01

### Added

- \`one\`: a text that goes on and on ([here](https://a.b/one)), so that it does not fit into a line of
  this width any more.
- Two.

### Fixed

- Three.

## [1.1.0]

- Before.
`;
    expect(debianChangelog(changelog, signed)).to.equal(`cvmqtt (1.2.0-1) unstable; urgency=medium

  [ Added ]
  * \`one\`: a text that goes on and on (here), so that it does not fit into a
    line of this width any more.
  * Two.
  [ Fixed ]
  * Three.

 -- A Name <a@b.c>  Sun, 01 Mar 2026 06:00:00 +0000
`);
  });

  it('keeps a word whole that is longer than a line', () => {
    const word = 'w'.repeat(90);
    expect(debianChangelog(`## x\n\n- a ${word} b\n`, signed)).to.include(`  * a\n    ${word}\n    b\n`);
  });
});
