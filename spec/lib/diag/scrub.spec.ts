import { expect } from 'chai';
import fc from 'fast-check';
import { maxPartBytes } from '../../../lib/diag/newest-lines.js';
import { scrubber } from '../../../lib/diag/scrub.js';
import { secretsIn } from '../../../lib/diag/secrets.js';
import { jwt } from '../../support/jwt.js';

const token = jwt({ exp: 4_000_000_000, username: 'cv12345', acl: { sub: ['s2u/cv12345/#'] } });
const login = (password: string) =>
  JSON.stringify({ server_uri: 'tcp://broker.example:1883', username: 'cv12345', password }, null, 2);

describe('scrubber', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_.~"\\'), minLength: 8, maxLength: 40 });

  it('takes a secret out wherever it is, and leaves the rest', () => {
    fc.assert(
      fc.property(word, fc.constantFrom('', '<', '> <'), (secret, gap) => {
        const scrub = scrubber([secret]);
        expect(scrub(`${gap}${secret}${gap}`)).to.equal(`${gap}[removed]${gap}`);
        expect(scrub(JSON.stringify({ a: secret }))).to.equal('{"a":"[removed]"}');
      }),
    );
  });

  it('takes out each part of eight characters, such as one that an error quotes', () => {
    const at = fc.nat({ max: token.length - 8 });
    fc.assert(
      fc.property(at, (from) => {
        const quoted = token.slice(from, from + 8);
        expect(scrubber([token])(`Unexpected token in <${quoted}>`)).to.equal(
          'Unexpected token in <[removed]>',
        );
      }),
    );
  });

  it('takes out the base64 of a secret, whatever precedes it', () => {
    fc.assert(
      fc.property(fc.string(), word, fc.constantFrom('base64', 'base64url'), (before, secret, encoding) => {
        const encoded = Buffer.from(`${before}${secret}`).toString(encoding);
        const left = scrubber([secret])(encoded).replace('[removed]', '');
        expect(left.length).to.be.at.most(encoded.length - Math.floor((secret.length * 4) / 3) + 4);
      }),
    );
  });

  const encodings: Readonly<Record<string, (text: string) => string>> = {
    'in a URL': encodeURIComponent,
    'in a form': (text) => new URLSearchParams([[text, '']]).toString().slice(0, -1),
    'percent-encoded with small letters': (text) =>
      encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
    'in hexadecimal digits': (text) => Buffer.from(text).toString('hex'),
    'as JSON within JSON': (text) => JSON.stringify(JSON.stringify({ a: text })),
    'as JSON in ASCII': (text) =>
      JSON.stringify(text).replace(
        /[^ -~]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    'as JSON with escaped slashes': (text) => JSON.stringify(text).replaceAll('/', '\\/'),
  };
  const odd = fc.string({ unit: fc.constantFrom(...'aZ9"\\/ %+&ä€\n!'), minLength: 8, maxLength: 30 });
  for (const [how, encode] of Object.entries(encodings))
    it(`takes out an odd secret ${how}`, () => {
      fc.assert(
        fc.property(odd, (secret) => {
          expect(scrubber([secret])(encode(secret))).to.match(/^[\\"{}a:]*\[removed\][\\"}]*$/);
        }),
      );
    });

  it('takes out a short secret as a whole, and nothing for one of three characters', () => {
    expect(scrubber(['pass'])('a passage, a pas')).to.equal('a [removed]age, a pas');
    expect(scrubber(['abc', ''])('abc')).to.equal('abc');
  });

  it('is bounded in memory, and takes out the token whatever else a file has', function () {
    this.timeout(30_000);
    const junk = Array.from({ length: 500_000 }, (_, n) =>
      String.fromCharCode(33 + ((n * n + (n >> 7)) % 90)),
    );
    const before = process.memoryUsage().heapUsed;
    const scrub = scrubber([junk.join(''), token]);
    expect(scrub(`<${token}>`)).to.match(/^<?\[removed\]>?$/);
    expect(process.memoryUsage().heapUsed - before).to.be.below(300_000_000);
  });

  it('takes no quadratic time, whatever is in a part', function () {
    this.timeout(60_000);
    for (const text of ['eyJ', 'eyJ.', 'a.', 'a://', '@', '-----BEGIN ', '-----BEGIN PRIVATE KEY-----'])
      expect(scrubber([token])(text.repeat(maxPartBytes / 4 / text.length))).to.not.equal('');
  });

  const shapes: Readonly<Record<string, readonly [string, string]>> = {
    'a token that is in no file': [`refused ${token}!`, 'refused [removed]!'],
    'a token without its signature': [token.slice(0, 60), '[removed]'],
    'the login in an address': ['at mqtt://me:p@ss/w:rd@h:1, bad', 'at mqtt://[removed]@h:1, bad'],
    'a login that is longer than a token': [`wss://me:${'é'.repeat(20_000)}@h`, 'wss://[removed]@h'],
    'a private key': ['a -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nb', 'a [removed]\nb'],
    'a private key that is cut off': ['a -----BEGIN RSA PRIVATE KEY-----\nMIIE', 'a [removed]'],
    'an address without a login': ['mqtt://h:1/path "a@b"', 'mqtt://h:1/path "a@b"'],
    'a payload in base64': [
      '{"payload_b64":"eyJmdW5jdGlvbiI6ImEifQ=="}',
      '{"payload_b64":"eyJmdW5jdGlvbiI6ImEifQ=="}',
    ],
  };
  for (const [title, [text, expected]] of Object.entries(shapes))
    it(`without knowing a secret: ${title}`, () => expect(scrubber([])(text)).to.equal(expected));
});

describe('secretsIn', () => {
  it('has every value of a login but address and username', () => {
    expect(secretsIn(login(token))).to.deep.equal([token]);
    expect(secretsIn('{"username":"u","keys":[{"a":"one"},2],"server_uri":{"x":"y"}}')).to.deep.equal([
      'one',
      '2',
      'y',
    ]);
  });

  it('has the login in an address, as written and decoded', () => {
    const text = '{"server_uri":"mqtt:\\/\\/unit:p%40ss%word@h:1","password":""}';
    expect(secretsIn(text)).to.include.members(['unit', 'p%40ss%word']);
    expect(secretsIn(text.replace('%word', 'word'))).to.include('p@ssword');
  });

  it('has a login in an address that is no address, and the query of one', () => {
    const of = (server_uri: string) => secretsIn(JSON.stringify({ server_uri, username: 'u@v' }));
    expect(of('me:pass word@h:1')).to.include('pass word');
    expect(of('mqtt://me:p"ss@word@h:1')).to.include('p"ss@word');
    expect(of('wss://h/mqtt?v=1&token=s3cret-word')).to.deep.equal(['s3cret-word', 's3cret-word']);
    expect(of('wss://h/mqtt')).to.deep.equal([]);
  });

  it('has the strings of a text that is not JSON as a whole, whatever is in them', () => {
    const text = '// a comment\n{"username":"cv12345","password":"ab:cd,e {f} gh"}';
    expect(secretsIn(text)).to.include('ab:cd,e {f} gh').and.not.include('cv12345');
    expect(secretsIn(text.slice(0, -4))).to.include('ab:cd,e {f}');
    expect(secretsIn(text.slice(-8))).to.include('e {f} gh'.slice(2));
  });

  it('is enough to take out what is left of a token, wherever the file is cut off', () => {
    const text = login(token);
    const start = text.indexOf(token);
    fc.assert(
      fc.property(fc.nat({ max: token.length - 8 }), (at) => {
        const headless = text.slice(start + at);
        expect(scrubber(secretsIn(headless))(`<${token.slice(at)}>`)).to.equal('<[removed]>');
        const tailless = text.slice(0, start + at + 8);
        expect(scrubber(secretsIn(tailless))(`<${token.slice(0, at + 8)}>`)).to.equal('<[removed]>');
      }),
    );
  });

  it('leaves address and username of a file that is cut off within the token', () => {
    const torn = login(token).slice(0, 150);
    const line = 'connected to tcp://broker.example:1883, s2u/cv12345/#';
    expect(scrubber(secretsIn(torn))(line)).to.equal(line);
  });
});
