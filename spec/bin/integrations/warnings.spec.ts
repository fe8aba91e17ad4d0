import { expect } from 'chai';
import { addressWarning } from '../../../bin/integrations/warnings.js';

describe('the warning about a registered host', () => {
  it('is about addresses to listen on, IPv6 and other machines, and not about others', () => {
    for (const host of ['0.0.0.0', '::']) expect(addressWarning(host)).to.contain(`${host} is an address to`);
    for (const host of ['::1', 'fd00::7']) expect(addressWarning(host)).to.contain('IPv6');
    for (const host of ['192.0.2.1', '255.255.255.255', '224.0.0.1', '192.168.1.70'])
      expect(addressWarning(host, ['192.168.1.7'])).to.contain(`${host} is no address of this machine`);
    for (const host of ['127.0.0.1', '127.1.2.3', '192.168.1.7', 'localhost'])
      expect(addressWarning(host, ['192.168.1.7'])).to.equal(undefined);
  });
});
