import { expect } from 'chai';
import { recovered } from '../../../../lib/storage/spool/recovered.js';
import { doneLine, messageLine } from '../../../../lib/storage/spool/spool-record.js';
import { receiptAt } from '../../../support/clock.js';
import { publishOf } from '../../../support/shorthand.js';

describe('recovering a spool', () => {
  const read = (...lines: readonly string[]) => {
    const broken: string[] = [];
    const { waiting, nextId } = recovered(Buffer.from(lines.join('')), (detail) => broken.push(detail));
    return { ids: waiting.map(({ id }) => id), waiting, nextId, broken };
  };
  const message = (id: number): string =>
    messageLine(id, { integration: 'int1', receipt: receiptAt(), publish: publishOf(id, 'int1-öpen') });

  it('is empty at first', () =>
    expect(read()).to.deep.equal({ ids: [], waiting: [], nextId: 1, broken: [] }));

  it('returns the unsettled messages in order, with their offsets', () => {
    const [one, two, done] = [message(1), message(2), doneLine([1])];
    expect(read(one, two, done).waiting).to.deep.equal([
      {
        id: 2,
        integration: 'int1',
        offset: Buffer.byteLength(one),
        bytes: Buffer.byteLength(two),
      },
    ]);
    expect(read(message(3), doneLine([3, 5]), message(4), message(5)).ids).to.deep.equal([4]);
  });

  it('skips a broken line', () => {
    expect(read('{\n', message(1))).to.deep.include({
      ids: [1],
      broken: ["the line at byte 0 can't be read: is not JSON"],
    });
  });

  it('refuses impossible numbers and times, naming the field', () => {
    const line = message(1);
    const broken = (from: RegExp, to: string): string | undefined => {
      expect(line).to.match(from);
      const found = read(line.replace(from, to), message(2));
      expect(found.ids).to.deep.equal([2]);
      return found.broken[0]?.replace(/^.*: /, '');
    };
    expect(broken(/"uptime_ms":0/, '"uptime_ms":1e999')).to.equal('expected an uptime, found a number');
    expect(broken(/"uptime_ms":0/, '"uptime_ms":-1e15')).to.equal('expected an uptime, found a number');
    expect(broken(/"uptime_ms":0/, '"uptime_ms":null')).to.equal('expected an uptime, found null');
    expect(broken(/"boot":"this boot"/, '"boot":""')).to.equal('expected the id of a boot, found a string');
    expect(broken(/"boot":"this boot"/, `"boot":"${'b'.repeat(65)}"`)).to.contain('the id of a boot');
    expect(broken(/("uptime_ms":0)/, '$1,"synced_at":"soon"')).to.equal('expected a time, found a string');
    expect(broken(/"qos":1/, '"qos":1,"expires_in_ms":1e999')).to.contain('a number of ms');
    expect(broken(/"qos":1/, '"qos":1,"expires_in_ms":-1')).to.contain('a number of ms');
    expect(broken(/"id":1/, '"id":1e300')).to.be.a('string');
  });

  it('reads lines of versions before receipts', () => {
    const old = message(1).replace(/"receipt":\{[^}]*\},/, '');
    expect(old).to.not.contain('receipt');
    expect(read(old)).to.deep.include({ ids: [1], broken: [] });
  });

  it('never reuses an id, neither of a message nor of a settled one gone from the file', () => {
    expect(read(message(7), message(4)).nextId).to.equal(8);
    // It was settled during a rewrite without it, and that was noted afterwards.
    expect(read(message(4), doneLine([9])).nextId).to.equal(10);
  });
});
