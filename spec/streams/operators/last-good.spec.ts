import * as E from 'fp-ts/lib/Either.js';
import { lastGood } from '../../../streams/operators/last-good.js';
import type { FileContent } from '../../../streams/sources/file-content.js';
import { fileScript } from '../../support/file-marbles.js';
import type { Letters } from '../../support/marbles.js';

/** A file with a number, `1` or `2`; `x` and `y` are not numbers, `u` can't be read, `o` is a missing file. */
const contents: Letters<FileContent> = {
  1: E.right('1'),
  2: E.right('2'),
  x: E.right('x'),
  y: E.right('y'),
  u: E.left({ reason: 'unreadable', detail: 'is not readable' }),
  o: E.left({ reason: 'absent' }),
};

const parse = (text: string): E.Either<string, number> =>
  Number.isNaN(Number(text)) ? E.left(`${text} is not a number`) : E.right(Number(text));

const numbers = fileScript<number | undefined>({
  contents,
  stream: ({ content$, ...deps }) =>
    content$.pipe(
      lastGood<number | undefined>({
        ...deps,
        parse,
        absent: E.right(undefined),
      }),
    ),
  show: String,
});

const values = { 1: '1', 2: '2', o: 'undefined' };
const reported = {
  x: 'file-broken: x is not a number',
  y: 'file-broken: y is not a number',
  u: 'file-broken: is not readable',
};

/** The same for an optional file: one that is broken at the start is waited for, or counts as absent. */
const optional = (broken: 'waits' | 'counts-as-absent') =>
  fileScript<number | undefined>({
    contents,
    stream: ({ content$, ...deps }) =>
      content$.pipe(
        lastGood<number | undefined>({ ...deps, parse, absent: E.right(undefined), optional: { broken } }),
      ),
    show: String,
  });

/** The same for a required file. */
const needed = fileScript<number>({
  contents,
  stream: ({ content$, ...deps }) =>
    content$.pipe(lastGood({ ...deps, parse, absent: E.left('does not exist') })),
  show: String,
});

describe('lastGood', () => {
  it('emits each good value', () =>
    numbers(({ file, values: expect, reports }) => {
      file('    1--2-1');
      expect('  1--2-1', values);
      reports(' ------', reported);
    }));

  it('emits nothing before the first good value', () =>
    numbers(({ file, values: expect, reports }) => {
      file('    -x--1-');
      expect('  ----1-', values);
      reports(' -x----', reported);
    }));

  it('keeps the last good value while the file is broken, and reports that once', () =>
    numbers(({ file, values: expect, reports }) => {
      file('    1-x-y-u-x-');
      expect('  1---------', values);
      reports(' --x-------', reported);
    }));

  it('reports another reason once it has lasted a second, as the first may have been a torn file', () =>
    numbers(({ file, values: expect, reports }) => {
      file('    1-x-y 999ms ----x-y');
      expect('  1---- 999ms -------', values);
      reports(' --x-- 999ms y------', reported);
    }));

  it('keeps the last good value while the file can’t be read', () =>
    numbers(({ file, values: expect, reports }) => {
      file('    1-u-x-2');
      expect('  1-----2', values);
      reports(' --u-----', reported);
    }));

  it('reports a file that breaks again', () =>
    numbers(({ file, values: expect, reports }) => {
      file('    1-x-2-y-');
      expect('  1---2---', values);
      reports(' --x---y-', reported);
    }));

  it('reports once that the file is whole again, even if the value is the same', () =>
    numbers(({ file, values: expect, wholes }) => {
      file('    1-x-y-1-2-u-2');
      expect('  1-----1-2---2', values);
      wholes('  ------w-----w');
    }));

  it('reports nothing about a file that was never broken', () =>
    numbers(({ file, values: expect, wholes }) => {
      file('    1-2-o 999ms ---');
      expect('  1-2-- 999ms o--', values);
      wholes('  -');
    }));

  describe('when the file is missing', () => {
    it('emits the value of a missing file after a second', () =>
      numbers(({ file, values: expect }) => {
        file('    1-o 999ms ---');
        expect('  1-- 999ms o--', values);
      }));

    it('does so at the start, too', () =>
      numbers(({ file, values: expect }) => {
        file('    o 999ms ---');
        expect('  - 999ms o--', values);
      }));

    it('emits nothing while the file is being replaced', () =>
      numbers(({ file, values: expect, reports }) => {
        file('    1-o 998ms 2 2s ');
        expect('  1-- 998ms 2 2s ', values);
        reports(' --- 998ms - 2s ', reported);
      }));

    it('emits nothing when a broken file takes its place', () =>
      numbers(({ file, values: expect, reports }) => {
        file('    1-o 500ms x 2s ');
        expect('  1-- 500ms - 2s ', values);
        reports(' --- 500ms x 2s ', reported);
      }));

    it('no longer counts as broken', () =>
      numbers(({ file, values: expect, reports }) => {
        file('    x-o 999ms --y-');
        expect('  --- 999ms o---', values);
        reports(' x-- 999ms --y-', reported);
      }));
  });

  describe('of a required file', () => {
    it('waits for it, and reports that once, after a second', () =>
      needed(({ file, values: expect, reports }) => {
        file('    o 999ms --x-1');
        expect('  - 999ms ----1', values);
        reports(' - 999ms o----', { o: 'file-broken: does not exist' });
      }));

    it('keeps the last good value when the file is removed', () =>
      needed(({ file, values: expect, reports }) => {
        file('    1-o 999ms -2');
        expect('  1-- 999ms -2', values);
        reports(' --- 999ms o-', { o: 'file-broken: does not exist' });
      }));
  });

  describe('of an optional file', () => {
    it('does not wait for it at the start', () =>
      optional('waits')(({ file, values: expect }) => {
        file('    o-1-o 999ms --');
        expect('  o-1-- 999ms o-', values);
      }));

    it('waits until it is whole', () =>
      optional('waits')(({ file, values: expect, reports }) => {
        file('    x-y-1-x-');
        expect('  ----1---', values);
        reports(' x-----x-', reported);
      }));

    it('treats a broken file as missing until there is a good one', () =>
      optional('counts-as-absent')(({ file, values: expect, reports }) => {
        file('    x-u-1-x-');
        expect('  o-o-1---', values);
        reports(' x-----x-', reported);
      }));
  });
});
