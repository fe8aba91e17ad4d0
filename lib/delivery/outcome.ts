/**
 * What became of a call to cvmain (design.md, decision 4): `accepted`; `refused` for good; `failed` in a way that can
 * heal, perhaps for this message only; `away` when cvmain can't be reached or gave no answer in time, which may
 * concern every message: it is probed first.
 */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'away'; readonly detail: string };
