import { type Observable, tap } from 'rxjs';
import type { Credentials } from '../../lib/config/credentials.js';
import { type TopicFilter, topicFilter } from '../../lib/rules/message/topic-filter.js';

/** A login, and the topic filters of its newest value. */
export interface LoginWithFilters {
  readonly login$: Observable<Credentials>;
  /** Topic filters of the newest login that {@link login$} emitted; none before the first. */
  readonly filters: () => readonly TopicFilter[];
}

/** Remembers the topic filters of each login, since rules need them for every message. */
export const latestFilters = (credentials$: Observable<Credentials>): LoginWithFilters => {
  let filters: readonly TopicFilter[] = [];
  const login$ = credentials$.pipe(
    tap((login) => {
      filters = login.filters.map(topicFilter);
    }),
  );
  return { login$, filters: () => filters };
};
