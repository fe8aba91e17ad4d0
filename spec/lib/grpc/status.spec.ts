import { toUSVString } from 'node:util';
import { status as reference } from '@grpc/grpc-js';
import { expect } from 'chai';
import fc from 'fast-check';
import { status, statusName, statusOfTrailers } from '../../../lib/grpc/status.js';
import { anyText } from '../../support/arbitraries.js';

describe('status', () => {
  it('has the codes of grpc-js', () => {
    const names = Object.keys(reference).filter((key) => !/^\d+$/.test(key));
    expect(Object.keys(status)).to.deep.equal(names);
    for (const [name, code] of Object.entries(status)) expect(reference[code]).to.equal(name);
  });

  it('has a name, even for an unknown code', () => {
    expect(statusName(14)).to.equal('UNAVAILABLE');
    expect(statusName(99)).to.equal('status 99');
  });
});

describe('statusOfTrailers', () => {
  it('decodes any message', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const details = toUSVString(text);
        const trailers = { 'grpc-status': '13', 'grpc-message': encodeURIComponent(details) };
        expect(statusOfTrailers(trailers)).to.deep.equal({ code: 13, details });
      }),
    );
  });

  it('leaves a message unchanged if it can’t be decoded', () => {
    const trailers = { 'grpc-status': '2', 'grpc-message': '100%' };
    expect(statusOfTrailers(trailers)).to.deep.equal({ code: 2, details: '100%' });
  });

  it('cuts a long message', () => {
    const { details } = statusOfTrailers({ 'grpc-status': '2', 'grpc-message': 'x'.repeat(60_000) });
    expect(details).to.equal(`${'x'.repeat(1_024)}…`);
  });

  const unknown = [
    {},
    { 'grpc-status': '' },
    { 'grpc-status': '-1' },
    { 'grpc-status': '0, 0' },
    { 'grpc-status': '1e1' },
  ];
  for (const trailers of unknown)
    it(`is INTERNAL for ${JSON.stringify(trailers)}`, () => {
      expect(statusOfTrailers(trailers)).to.have.property('code', status.INTERNAL);
    });
});
