/** cvmain's `BasicResponse` (docs/domain.md#grpc). */
export interface Answer {
  readonly success: boolean;
  /** Empty when all went well. */
  readonly errMsg: string;
  readonly code: number;
}

/** What `code` says in the simulator's answers; the vendor's own numbers are not public. */
const answerCode = {
  ok: 0,
  /** The request breaks a rule: sending it again changes nothing. */
  invalid: 1,
  /** The name is for the vendor's own apps. */
  reserved: 2,
  /** No integration has this name. */
  unknown: 3,
  /** The system said no: a full disk, a taken port. */
  failed: 4,
};

export const ok: Answer = { success: true, errMsg: '', code: answerCode.ok };

/** An answer that says no, and why. */
export const refused = (code: keyof typeof answerCode, errMsg: string): Answer => ({
  success: false,
  errMsg,
  code: answerCode[code],
});
