/** cvmain's `BasicResponse` (docs/domain.md#grpc). */
export interface Answer {
  readonly success: boolean;
  /** Empty on success. */
  readonly errMsg: string;
  readonly code: number;
}

/** Values of `code` in the simulator's answers; the vendor's own numbers are not public. */
const answerCode = {
  ok: 0,
  /** The request is invalid: a retry gives the same result. */
  invalid: 1,
  /** The name is for the vendor's own apps. */
  reserved: 2,
  /** No integration has this name. */
  unknown: 3,
  /** The system failed: a full disk, a port in use. */
  failed: 4,
};

export const ok: Answer = { success: true, errMsg: '', code: answerCode.ok };

/** An answer that refuses the request, with the reason. */
export const refused = (code: keyof typeof answerCode, errMsg: string): Answer => ({
  success: false,
  errMsg,
  code: answerCode[code],
});
