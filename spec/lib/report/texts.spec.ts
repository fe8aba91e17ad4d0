import { expect } from 'chai';
import fc from 'fast-check';
import { embedded, newTexts } from '../../../lib/report/texts.js';
import { hostileText, steering } from '../../support/hostile-text.js';

describe('texts', () => {
  it('keeps each different text once, and numbers none as 0', () => {
    const texts = newTexts();
    expect(['a', 'b', undefined, 'a', ''].map(texts.number)).to.deep.equal([1, 2, 0, 1, 3]);
    expect(texts.fitted()).to.deep.equal({ texts: ['', 'a', 'b', ''], cutAt: 400 });
  });

  it('contains no control characters and no bidirectional ones', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { maxLength: 5 }), (given) => {
        const texts = newTexts();
        for (const each of given) texts.number(each);
        expect(texts.fitted().texts.flatMap(steering)).to.deep.equal([]);
      }),
    );
  });

  it('are cut to their budget', () => {
    const texts = newTexts();
    for (let index = 0; index < 1_000; index += 1) texts.number(`${index} ${'<'.repeat(300)}`);
    const { texts: shown, cutAt } = texts.fitted(400_000);
    expect(cutAt).to.equal(50);
    expect(Buffer.byteLength(embedded(shown))).to.be.within(200_000, 400_000);
    expect(shown[1]).to.equal(`0 ${'<'.repeat(48)}…`);
  });

  it('are JSON that can close no element and open no comment', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.constantFrom('</script>', '<!--', '<script')), (text) => {
        expect(embedded([text])).to.not.include('<');
        expect(JSON.parse(embedded([text]))).to.deep.equal([text]);
      }),
    );
  });
});
