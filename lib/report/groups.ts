import type { ShownResult } from './marks.js';

/** How many groups of one kind have an integration of their own. Names are untrusted. */
const mostNamed = 500;

/** Messages with the same result for the same integration. */
export interface Group {
  readonly number: number;
  readonly kind: ShownResult;
  /** Absent if they have none, and for those beyond the first {@link mostNamed} integrations. */
  readonly integration?: string;
}

/** Numbers groups, a bounded number of them. */
export class Groups {
  readonly all: Group[] = [];
  readonly #known = new Map<string, Map<string | undefined, Group>>();

  of(kind: ShownResult, integration: string | undefined): Group {
    const known = this.#known.get(kind) ?? new Map<string | undefined, Group>();
    this.#known.set(kind, known);
    const name = known.has(integration) || known.size < mostNamed ? integration : undefined;
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = { number: this.all.length, kind, ...(name === undefined ? {} : { integration: name }) };
    this.all.push(made);
    known.set(name, made);
    return made;
  }
}
