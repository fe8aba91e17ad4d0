import * as E from 'fp-ts/lib/Either.js';
import type { Cvmain, CvmainOptions } from '../../lib/cvmain/client.js';
import type { Outcome } from '../../lib/rules/delivery/outcome.js';
import type { Target } from '../../lib/rules/target.js';
import type { Agenda, Due } from '../engine/agenda.js';
import type { Chance } from '../engine/chance.js';
import type { ProcessTime } from '../engine/process-time.js';
import type { Ledger, Sent } from '../ledger.js';
import { tokenOf } from './site.js';

type Trouble = 'hangs' | 'slow' | 'fails' | 'refuses' | 'late';

/** Events of cvmain for an observer. */
export interface CvmainWatch {
  readonly called: (sent: Sent, target: Target) => void;
  /** `waits`: the caller still waits for the answer. */
  readonly executed: (sent: Sent, target: Target['kind'], waits: boolean) => void;
  readonly answered: (sent: Sent, target: Target['kind'], outcome: Outcome) => void;
}

/** Dependencies of the model cvmain. */
export interface ModelCvmainDeps {
  readonly agenda: Agenda;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly answersIn: (app: string) => number;
  readonly watch: CvmainWatch;
}

interface Call {
  readonly sent: Sent;
  readonly target: Target['kind'];
  /** Undefined once nobody waits for an answer. */
  done: ((outcome: Outcome) => void) | undefined;
  isExecuted: boolean;
}

interface Hanging {
  readonly call: Call;
  readonly run: () => void;
}

const away: Outcome = { kind: 'away', detail: 'UNAVAILABLE' };

/** cvmain, with a duration of calls for each app and with faults. */
export class ModelCvmain {
  readonly #deps: ModelCvmainDeps;
  readonly #calls = new Set<Call>();
  readonly troubles = new Map<string, Trouble>();
  isDown = false;
  hangs = false;
  versionMs = 0;
  token = 1;
  /** Calls that came in while it hung. */
  #hanging: Hanging[] = [];
  /** Poisonous messages are treated like others from now on. */
  poisonIsOver = false;

  constructor(deps: ModelCvmainDeps) {
    this.#deps = deps;
  }

  get isHealthy(): boolean {
    return !this.isDown && !this.hangs;
  }

  stop(): void {
    this.isDown = true;
    this.#hanging = [];
    for (const call of [...this.#calls]) this.#answer(call, away);
  }

  /** Ends a hang: handles all calls that came in meanwhile. */
  goOn(): void {
    const hanging = this.#hanging;
    this.#hanging = hanging.filter(({ call }) => this.#hangsFor(call.sent));
    for (const { call, run } of hanging) if (!this.#hangsFor(call.sent)) run();
  }

  #hangsFor({ send }: Sent): boolean {
    return (
      this.hangs || this.troubles.get(send.to) === 'hangs' || (send.poison === 'hangs' && !this.poisonIsOver)
    );
  }

  /** A process is gone: nobody waits for the answers to its calls. */
  processGone(): void {
    for (const call of this.#calls) call.done = undefined;
  }

  /** The client of a process. */
  client(time: ProcessTime, isAlive: () => boolean, { callDeadlineMs }: CvmainOptions): Cvmain {
    return {
      sendNotification: ({ type }, target, done) => {
        const sent = this.#deps.ledger.named(type);
        if (sent === undefined || !isAlive()) return () => undefined;
        this.#deps.watch.called(sent, target);
        if (!isAlive()) return () => undefined;
        const call: Call = { sent, target: target.kind, done: undefined, isExecuted: false };
        const deadline = time.in(callDeadlineMs, () =>
          this.#answer(call, { kind: 'away', detail: 'DEADLINE_EXCEEDED' }),
        );
        call.done = (outcome) => {
          time.clear(deadline);
          if (!isAlive()) return;
          this.#deps.watch.answered(sent, target.kind, outcome);
          if (isAlive()) done(outcome);
        };
        this.#calls.add(call);
        this.#begin(call);
        return () => {
          time.clear(deadline);
          call.done = undefined;
          sent.notified[target.kind].mayRepeat = true;
        };
      },
      getVersion: (done) => this.#ask(time, this.versionMs, (up) => done(up ? E.right('1') : E.left('away'))),
      getAuthToken: (done) =>
        this.#ask(time, 0, (up) => done(up ? E.right(tokenOf(this.token)) : E.left('away'))),
      close: () => undefined,
    };
  }

  #ask(time: ProcessTime, ms: number, done: (up: boolean) => void): () => void {
    const takesMs = this.isHealthy ? 1 + ms : this.isDown ? 1 : 1_000;
    const due: Due = time.in(takesMs, () => done(this.isHealthy));
    return () => time.clear(due);
  }

  #begin(call: Call): void {
    const { agenda, chance, answersIn } = this.#deps;
    const { send } = call.sent;
    const trouble = this.troubles.get(send.to);
    const fails = trouble === 'fails' || (send.poison === 'fails' && !this.poisonIsOver);
    const refuses = trouble === 'refuses' || send.poison === 'refused';
    if (this.isDown) {
      agenda.in(0.2, () => this.#answer(call, away));
      return;
    }
    const answersLate = trouble === 'late' && chance.happens(0.7);
    const takes =
      trouble === 'slow' ? chance.between(600, 950) : answersIn(send.to) * chance.between(0.3, 1.7);
    const execute = (): void => {
      if (this.isDown) return;
      // A call that its caller gave up may still be executed.
      if (call.done === undefined && chance.happens(0.3)) return;
      if (fails || refuses) return;
      call.isExecuted = true;
      this.#deps.watch.executed(call.sent, call.target, call.done !== undefined);
    };
    const answer = (): void => {
      if (answersLate || this.isDown) return;
      if (fails) this.#answer(call, { kind: 'failed', detail: 'INTERNAL' });
      else if (refuses) this.#answer(call, { kind: 'refused', detail: 'no' });
      else this.#answer(call, { kind: 'accepted' });
    };
    const run = (): void => {
      agenda.in(takes * chance.next(), execute);
      agenda.in(takes, () => {
        if (call.isExecuted || fails || refuses) answer();
      });
    };
    if (this.#hangsFor(call.sent)) this.#hanging.push({ call, run });
    else run();
  }

  #answer(call: Call, outcome: Outcome): void {
    const { done } = call;
    call.done = undefined;
    this.#calls.delete(call);
    // It may have been executed, or will be.
    if (outcome.kind === 'away') call.sent.notified[call.target].mayRepeat = true;
    done?.(outcome);
  }
}
