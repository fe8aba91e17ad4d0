import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { debianNotices } from '../../packaging/debian/notices.js';

describe('the notices of the Debian package', () => {
  const apache = readFileSync('node_modules/rxjs/LICENSE.txt', 'utf8');

  it('refer to the terms of the Apache License, and keep the rest', () => {
    const notices = debianNotices(
      `rxjs 7\n\n${apache}\n---\n\nother 1\n\nMIT\n\n---\n\nagain 2\n\n${apache}`,
    );
    expect(notices.match(/common-licenses\/Apache-2\.0/g)).to.have.lengthOf(2);
    expect(notices).to.not.include('TERMS AND CONDITIONS FOR USE');
    expect(notices.match(/Copyright \(c\) 2015-2018 Google/g)).to.have.lengthOf(2);
    expect(notices).to.match(/^rxjs 7\n\nApache.*\nother 1\n\nMIT\n.*\nagain 2\n/s);
  });
});
