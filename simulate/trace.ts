/** The row of a diagram: who caused the event. */
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

/** An event of a run. */
export interface TraceEvent {
  /** Virtual time, ms. */
  readonly at: number;
  readonly step: number;
  readonly row: Row;
  readonly what: string;
  /** Id of its message. */
  readonly message?: number;
}
