import { deepStrictEqual } from 'node:assert';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { drawDiagram, type Marble } from '../../lib/util/marble-diagram.js';

/**
 * Runs a test in virtual time, where a character of a diagram is a millisecond. Throws an AssertionError that shows
 * differences as diagrams and as a list of events, one per line.
 */
export const marbles = (test: (helpers: RunHelpers, scheduler: TestScheduler) => void): void => {
  const scheduler = new TestScheduler((actual: readonly Logged[], expected: readonly Logged[]) => {
    const happened = actual.map(line);
    const wanted = expected.map(line);
    const differ = happened.join('\n') !== wanted.join('\n');
    deepStrictEqual(happened, wanted, differ ? drawn(expected, actual) : undefined);
  });
  scheduler.run((helpers) => test(helpers, scheduler));
};

/** The time between subscribing and unsubscribing. */
export interface Span {
  readonly subscribedFrame: number;
  unsubscribedFrame: number;
}

/** What the test scheduler compares. */
type Logged =
  | Span
  | {
      readonly frame: number;
      readonly notification: { readonly kind: string; readonly value?: unknown; readonly error?: unknown };
    };

const line = (logged: Logged): string => {
  if ('subscribedFrame' in logged)
    return `from ${logged.subscribedFrame} ms to ${logged.unsubscribedFrame} ms`;
  const { kind, value, error } = logged.notification;
  const what = kind === 'N' ? value : kind === 'C' ? 'complete' : `error ${error}`;
  return `${logged.frame} ms: ${typeof what === 'string' ? what : JSON.stringify(what)}`;
};

/** The longest diagram that people can read. */
const maxColumns = 150;

/** Expected and actual, as aligned diagrams; undefined if they would be too long. */
const drawn = (expected: readonly Logged[], actual: readonly Logged[]): string | undefined => {
  const length = Math.max(0, ...[...expected, ...actual].flatMap(marksOf).map(({ frame }) => frame)) + 1;
  if (length > maxColumns) return undefined;
  const rows = (title: string, logged: readonly Logged[]): readonly string[] =>
    drawDiagram(logged.flatMap(marksOf), length).map((row) => `  ${title}  ${row}`);
  return ['what differs:', ...rows('expected', expected), ...rows('actual  ', actual), ''].join('\n');
};

/** The mark of a value is the first character of its line. */
const marksOf = (logged: Logged): readonly Marble[] => {
  if ('subscribedFrame' in logged) {
    const end = { frame: logged.unsubscribedFrame, mark: '!' };
    return [{ frame: logged.subscribedFrame, mark: '^' }, ...(Number.isFinite(end.frame) ? [end] : [])];
  }
  const { kind, value } = logged.notification;
  const [first = '?'] = typeof value === 'string' ? value : JSON.stringify(value ?? '?');
  return [{ frame: logged.frame, mark: kind === 'N' ? first : kind === 'C' ? '|' : '#' }];
};
