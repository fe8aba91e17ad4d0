/** Whose doing something is: a row of a diagram. */
export type Row =
  | 'server'
  | 'broker'
  | 'daemon'
  | 'call'
  | 'notified'
  | 'answer'
  | 'puback'
  | 'settled'
  | 'fault';

/** One thing that happened. */
export interface TraceLine {
  /** ms. */
  readonly at: number;
  readonly step: number;
  readonly row: Row;
  readonly what: string;
  /** The message that it is about. */
  readonly message?: number;
}
