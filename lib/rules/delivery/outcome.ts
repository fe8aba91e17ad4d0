/**
 * What became of a call to cvmain (docs/architecture.md#decision-4): `accepted`; `refused` for good, by cvmain's own word;
 * `failed` in a way that can heal, perhaps for this message only, while cvmain serves; `away` when cvmain can't be reached,
 * gave no answer in time, or somebody else answers in its place, which may concern every message: it is probed first.
 */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'away'; readonly detail: string };
