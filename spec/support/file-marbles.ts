import { map, type Observable, type SchedulerLike, Subject } from 'rxjs';
import type { Report } from '../../lib/log/event.js';
import type { FileContent } from '../../streams/sources/file-content.js';
import type { Letters } from './marbles.js';
import { marbles } from './virtual-time.js';

/** Tests of a stream made from a file, as aligned marble diagrams. */
export interface FileScript {
  /** The content of the file over time. */
  file(marbles: string): void;
  /** Expects the values of the stream, each in a few words. */
  values(marbles: string, values: Letters<string>): void;
  /** Expects the reports: the kind of each event, and what it says. */
  reports(marbles: string, values: Letters<string>): void;
  /** Expects reports that the file is whole again, each as `w`. */
  wholes(marbles: string): void;
}

/** What is tested, and how its values and events are shown as text. */
export interface FileTest<A> {
  readonly contents: Letters<FileContent>;
  readonly stream: (deps: {
    readonly content$: Observable<FileContent>;
    readonly file: string;
    readonly scheduler: SchedulerLike;
    readonly report: Report;
  }) => Observable<A>;
  readonly show: (value: A) => string;
}

/** A test for such a stream, in virtual time. */
export const fileScript =
  <A>({ contents, stream, show }: FileTest<A>) =>
  (test: (script: FileScript) => void): void =>
    marbles(({ hot, expectObservable }, scheduler) => {
      const reported$ = new Subject<string>();
      const whole$ = new Subject<string>();
      let content$: Observable<FileContent> = hot('');
      let expectValues: (actual: Observable<string>) => void = () => {
        throw new Error('a test says which values it expects');
      };
      test({
        file: (diagram) => {
          content$ = hot(diagram, contents);
        },
        values: (diagram, values) => {
          expectValues = (actual) => expectObservable(actual).toBe(diagram, values);
        },
        reports: (diagram, values) => expectObservable(reported$).toBe(diagram, values),
        wholes: (diagram) => expectObservable(whole$).toBe(diagram),
      });
      const report: Report = ({ kind, ...more }) => {
        if (kind === 'file-whole') {
          whole$.next('w');
          return;
        }
        const [, said] =
          Object.entries(more).find(([key]) => key === 'detail' || key === 'unreachable') ?? [];
        reported$.next(`${kind}: ${said}`);
      };
      expectValues(stream({ content$, file: 'the file', scheduler, report }).pipe(map(show)));
    });
