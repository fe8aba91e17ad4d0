import { assert } from 'chai';
import { addressOf } from '../../../lib/rules/target.js';

describe('addressOf', () => {
  const cases: readonly (readonly [host: string, bindAddr: string, sendAddr: string])[] = [
    ['127.0.0.1', '127.0.0.1:0', '127.0.0.1:6001'],
    ['127.0.1.1', '127.0.0.1:0', '127.0.1.1:6001'],
    ['localhost', '127.0.0.1:0', 'localhost:6001'],
    ['10.0.0.1', '0.0.0.0:0', '10.0.0.1:6001'],
    ['app.local', '0.0.0.0:0', 'app.local:6001'],
    ['::1', '[::1]:0', '[::1]:6001'],
    ['fe80::1', '[::]:0', '[fe80::1]:6001'],
  ];
  for (const [host, bindAddr, sendAddr] of cases) {
    it(`reaches ${host} from ${bindAddr}`, () =>
      assert.deepEqual(addressOf({ host, port: 6001 }), { bindAddr, sendAddr }));
  }
});
