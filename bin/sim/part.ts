import type * as E from 'fp-ts/lib/Either.js';
import type { Ports } from './ports.js';

/** What was given on the command line. */
export interface SimArguments {
  readonly home: string;
  readonly words: readonly string[];
  readonly ports: Ports;
  readonly brokerUrl: string | undefined;
  readonly notifierAddr: string;
  readonly allowReserved: boolean;
  readonly timeoutMs: number | undefined;
}

/** Why a part ended badly, in one line. */
export interface SimFailure {
  readonly detail: string;
  readonly exitCode: number;
}

/** A part of the simulation that starts alone: how many words it takes behind the home, and what runs it to its end. */
export interface SimPart {
  readonly words: { readonly least: number; readonly most: number };
  readonly start: (given: SimArguments) => Promise<E.Either<SimFailure, void>>;
}
