import { type Reason, reasons } from '../rules/rejection.js';
import { type StepName, stepOf } from '../rules/steps.js';

/** A result as shown; `not settled` if there was none when the run ended. */
export type ShownResult = 'notified' | Reason | 'not settled';

/** Reasons in the order of their lanes. */
const tones = ['notified', 'message', 'policy', 'waited', 'refused', 'open'] as const;

/** The colours of marks, one for each kind of cause; the shape distinguishes results of the same kind. */
export type Tone = (typeof tones)[number];

/** The mark of a result. Each has a unique shape, as many people can't rely on colour. */
export interface Mark {
  readonly result: ShownResult;
  readonly tone: Tone;
  /** The step at which a message with this result stopped, if no call was made; absent if it did not stop. */
  readonly stop?: StepName;
  /** The data of an SVG path around 0,0, about 10 wide, filled by the even-odd rule. */
  readonly path: string;
}

const shapes: Readonly<Record<ShownResult, Pick<Mark, 'tone' | 'path'>>> = {
  notified: { tone: 'notified', path: 'M-4.6 0a4.6 4.6 0 1 0 9.2 0a4.6 4.6 0 1 0-9.2 0z' },
  unsubscribed: { tone: 'message', path: 'M-1.6-5.2h3.2v3.6h3.6v3.2h-3.6v3.6h-3.2v-3.6h-3.6v-3.2h3.6z' },
  undecodable: {
    tone: 'message',
    path: 'M-4.9-3.1l1.8-1.8L0-1.8l3.1-3.1 1.8 1.8L1.8 0l3.1 3.1-1.8 1.8L0 1.8l-3.1 3.1-1.8-1.8L-1.8 0z',
  },
  'malformed-name': { tone: 'message', path: 'M-.9-5.2v10.4L-5.8 0zM.9-5.2v10.4L5.8 0z' },
  'too-large': { tone: 'message', path: 'M-4.6-4.6h9.2v9.2h-9.2z' },
  'reserved-name': { tone: 'policy', path: 'M-4.5-5h9v4.4q0 3.9-4.5 6q-4.5-2.1-4.5-6z' },
  'delivery-disabled': {
    tone: 'policy',
    path: 'M-5.2 0a5.2 5.2 0 1 0 10.4 0a5.2 5.2 0 1 0-10.4 0zM-3.2-1.1h6.4v2.2h-6.4z',
  },
  unregistered: {
    tone: 'waited',
    path: 'M-5.2 0a5.2 5.2 0 1 0 10.4 0a5.2 5.2 0 1 0-10.4 0zM-2.9 0a2.9 2.9 0 1 0 5.8 0a2.9 2.9 0 1 0-5.8 0z',
  },
  expired: { tone: 'waited', path: 'M-4.6-5.2h9.2L.9 0l3.7 5.2h-9.2L-.9 0z' },
  overflow: { tone: 'waited', path: 'M0-5.4 5.6 4.4h-11.2z' },
  refused: { tone: 'refused', path: 'M0-6 6 0 0 6-6 0z' },
  'not settled': { tone: 'open', path: 'M-6-1.5h3v3h-3zM-1.5-1.5h3v3h-3zM3-1.5h3v3h-3z' },
};

const stops: readonly Mark[] = reasons.map((result) => ({
  result,
  stop: stepOf(result, false),
  ...shapes[result],
}));

/** The marks in the order of their lanes: by kind of cause. Results are encoded as the index here. */
export const marks: readonly Mark[] = [
  { result: 'notified', ...shapes.notified },
  ...stops.toSorted((one, other) => tones.indexOf(one.tone) - tones.indexOf(other.tone)),
  { result: 'not settled', ...shapes['not settled'] },
];

/** The index of a result in {@link marks}. */
export const markOf = (result: ShownResult): number => marks.findIndex((mark) => mark.result === result);
