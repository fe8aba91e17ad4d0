import { type TopicFilter, topicFilter } from '../rules/message/topic-filter.js';

/** The topic filters of a unit, as far as a capture shows them: the name in a topic follows their prefix. */
export interface Subscription {
  readonly filters: readonly TopicFilter[];
  /** Whether the filters are guessed from the first topic, without a login and without filters in the capture. */
  readonly isGuess: boolean;
  /** Takes the filters of a capture; ignores those with a wildcard in the first level, which name no unit. */
  captured(filters: readonly string[]): void;
  /** Takes the topic of a publish: if nothing else is known, the first `s2u/<username>/…` gives `s2u/<username>/#`. */
  seen(topic: string): void;
}

/** The filters of a login, if given; else those of the capture (docs/domain.md#broker). */
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
    captured: (given) => {
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
