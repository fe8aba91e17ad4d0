import type * as E from 'fp-ts/lib/Either.js';
import { app } from './app.js';
import { broker, cvmain, site } from './neighbours.js';
import type { Ports } from './ports.js';
import { server } from './server.js';

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

/** The parts, by the name that follows `cvmqtt sim`. */
export const parts: ReadonlyMap<string, SimPart> = new Map([
  ['site', { words: { least: 0, most: 0 }, start: site }],
  ['broker', { words: { least: 0, most: 0 }, start: broker }],
  ['cvmain', { words: { least: 0, most: 0 }, start: cvmain }],
  ['server', { words: { least: 1, most: 2 }, start: server }],
  ['app', { words: { least: 1, most: 1 }, start: app }],
]);
