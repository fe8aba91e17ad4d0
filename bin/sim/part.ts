import type * as E from 'fp-ts/lib/Either.js';
import type { Ports } from './ports.js';

/** The parsed command line of `cvmqtt sim`. */
export interface SimArguments {
  readonly home: string;
  readonly words: readonly string[];
  readonly ports: Ports;
  readonly brokerUrl: string | undefined;
  readonly notifierAddr: string;
  readonly allowReserved: boolean;
  readonly timeoutMs: number | undefined;
}

/** Why a part failed, in one line, and the exit code. */
export interface SimFailure {
  readonly detail: string;
  readonly exitCode: number;
}

/** A part of the simulation: how many arguments it takes after the home, and a function that runs it until Ctrl-C. */
export interface SimPart {
  readonly words: { readonly least: number; readonly most: number };
  readonly start: (given: SimArguments) => Promise<E.Either<SimFailure, void>>;
}
