import { assert } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { dashedNameIn, isReachable, joinName, splitName } from '../../../../lib/rules/message/name.js';
import { anyText } from '../../../support/arbitraries.js';

describe('splitName', () => {
  it('splits at the first dash', () => {
    assert.deepEqual(
      splitName('int1-get-settings'),
      E.right({ integration: 'int1', message: 'get-settings' }),
    );
    assert.deepEqual(splitName('a-b'), E.right({ integration: 'a', message: 'b' }));
    assert.deepEqual(splitName('a--'), E.right({ integration: 'a', message: '-' }));
    assert.deepEqual(splitName('vg:upgrader-x'), E.right({ integration: 'vg:upgrader', message: 'x' }));
  });

  it('says what is missing', () => {
    assert.deepEqual(splitName(''), E.left('the name has no dash'));
    assert.deepEqual(splitName('door_opened'), E.left('the name has no dash'));
    assert.deepEqual(splitName('-open'), E.left('the name has no integration before its first dash'));
    assert.deepEqual(splitName('-'), E.left('the name has no integration before its first dash'));
    assert.deepEqual(splitName('int1-'), E.left('the name has no message after its first dash'));
  });

  it('is reversed by joinName, for any name', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.tuple(anyText, anyText).map((parts) => parts.join('-')),
        ),
        (fullName) => {
          const name = splitName(fullName);
          if (E.isRight(name)) assert.equal(joinName(name.right), fullName);
          else assert.match(fullName, /^[^-]*$|^-|^[^-]*-$/);
        },
      ),
    );
  });
});

describe('joinName', () => {
  it('is reversed by splitName, for each reachable integration', () => {
    const text = anyText.filter((each) => each !== '');
    fc.assert(
      fc.property(text, text, (integration, message) => {
        const name = { integration, message };
        if (isReachable(integration)) assert.deepEqual(splitName(joinName(name)), E.right(name));
        else assert.notDeepEqual(splitName(joinName(name)), E.right(name));
      }),
    );
  });
});

describe('isReachable', () => {
  it('is false for names that no message can have', () => {
    assert.isTrue(isReachable('int1'));
    assert.isTrue(isReachable('vg:upgrader'));
    assert.isFalse(isReachable(''));
    assert.isFalse(isReachable('my-app'));
    assert.isFalse(isReachable('app-'));
  });
});

describe('dashedNameIn', () => {
  it('is the registered name with a dash that a full name begins with, if there is one', () => {
    assert.equal(dashedNameIn(['my', 'other', 'my-app'], 'my-app-x'), 'my-app');
    assert.isUndefined(dashedNameIn(['my', 'my-app'], 'my-apple-x'));
    assert.isUndefined(dashedNameIn(['my'], 'my-app-x'));
  });
});
