import { expect } from 'chai';
import { shellWord } from '../../bin/command.js';

describe('shellWord', () => {
  for (const [word, posix, windows] of [
    ['my-unit', 'my-unit', 'my-unit'],
    ['/home/me/unit', '/home/me/unit', '/home/me/unit'],
    ['C:\\Users\\me\\unit', "'C:\\Users\\me\\unit'", 'C:\\Users\\me\\unit'],
    ['my unit', "'my unit'", '"my unit"'],
    ["it's", "'it'\\''s'", `"it's"`],
    ['100%', '100%', '"100%"'],
  ] as const) {
    it(`quotes ${word} as the shells of Linux and macOS, and of Windows, need it`, () => {
      expect(shellWord(word, 'darwin')).to.equal(posix);
      expect(shellWord(word, 'win32')).to.equal(windows);
    });
  }
});
