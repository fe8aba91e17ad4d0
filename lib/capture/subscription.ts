import { type TopicFilter, topicFilter } from '../rules/message/topic-filter.js';

/** What a unit was subscribed to, as far as a capture tells: the names in topics stand right behind it. */
export interface Subscription {
  readonly filters: readonly TopicFilter[];
  /** Neither a login nor the capture tells: they are made of the first topic. */
  readonly isGuess: boolean;
  /** A capture tells what it was subscribed to; a wildcard at its first level says nothing of a unit. */
  told(filters: readonly string[]): void;
  /** A publish came on this topic: where nothing else is known, `s2u/<username>/#` of the first one that has it counts. */
  seen(topic: string): void;
}

/** The subscription of a login where there is one; else what the capture tells (docs/domain.md#broker). */
export const subscriptionOf = (ofLogin?: readonly string[]): Subscription => {
  let filters = (ofLogin ?? []).map(topicFilter);
  let isGuess = ofLogin === undefined;
  return {
    get filters() {
      return filters;
    },
    get isGuess() {
      return isGuess;
    },
    told: (given) => {
      const ofUnit = given.filter((filter) => !/^[#+]/.test(filter));
      if (ofLogin !== undefined || ofUnit.length === 0) return;
      filters = ofUnit.map(topicFilter);
      isGuess = false;
    },
    seen: (topic) => {
      if (filters.length > 0) return;
      const [prefix, username, name] = topic.split('/', 3);
      if (prefix === 's2u' && username !== undefined && name !== undefined) {
        filters = [topicFilter(`s2u/${username}/#`)];
      }
    },
  };
};
