import type { Envelope, PublishOptions } from '../sim/server.js';

/** One thing that happens, ms after the start of the day. */
export type Scene = Command | Publication | Registration;

/** The platform sends a command in an envelope. */
interface Command {
  readonly kind: 'command';
  readonly at: number;
  readonly envelope: Envelope;
  readonly options?: PublishOptions;
}

/** Publishes any payload to `s2u/<username>` followed by `topic`. */
interface Publication {
  readonly kind: 'publish';
  readonly at: number;
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly options?: PublishOptions;
}

/** An app comes or goes. */
export interface Registration {
  readonly kind: 'register' | 'unregister';
  readonly at: number;
  readonly name: string;
}

/** The unit's hours. */
export const [opens, closes] = [6, 22];

/** Length of an hour of the story, ms. */
const hourMs = 10_000;

/** A time of the day (`17:20`, or the hour as a number) as ms after the start. */
export const clock = (time: string | number): number => {
  const [hour = 0, minute = 0] = typeof time === 'number' ? [time] : time.split(':').map(Number);
  return Math.round((hour + minute / 60 - opens) * hourMs);
};

/** A command with a JSON body. */
export const command = (
  at: number,
  name: string,
  body?: object,
  more: { readonly timeout?: number; readonly options?: PublishOptions } = {},
): Scene => {
  const { timeout, options } = more;
  const envelope = {
    function: name,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(timeout === undefined ? {} : { timeout }),
  };
  return { kind: 'command', at, envelope, ...(options === undefined ? {} : { options }) };
};

/** A message that isn't an envelope. */
export const publication = (
  at: number,
  topic: string,
  payload: string | Uint8Array,
  options?: PublishOptions,
): Scene => ({ kind: 'publish', at, topic, payload, ...(options === undefined ? {} : { options }) });

/** Minimum distance between a change of the live set and any moment that decides a message's result, ms. */
const clearanceMs = 400;

/**
 * True if a few ms of difference between clocks can't change the result of the scene's message: neither its
 * arrival, nor the end of its hold, nor its expiry is near a change of its app's registration.
 */
export const isClear = (scene: Scene, changes: readonly Registration[], holdMs: number): boolean => {
  if (scene.kind !== 'command') return true;
  const { at, envelope } = scene;
  const moments = [at, at + holdMs, at + (envelope.timeout ?? holdMs)];
  return changes
    .filter(({ name }) => envelope.function.startsWith(`${name}-`))
    .every((change) => moments.every((moment) => Math.abs(moment - change.at) >= clearanceMs));
};
