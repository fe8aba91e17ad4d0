/**
 * Outcome of a call to cvmain (docs/architecture.md#decision-4): `accepted`; `refused` by cvmain for good; `failed`
 * while cvmain serves, and can be retried; `away` if cvmain can't be reached, gave no answer in time, or another
 * program answers: that may concern every message, so cvmain is probed first.
 */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'away'; readonly detail: string };
