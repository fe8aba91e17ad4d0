import type { CvmainConfig } from '../config/cvmain-config.js';
import { cvmainDefaults, notifierAddress } from '../config/cvmain-config.js';
import { defaultSettings, type Settings } from '../config/settings.js';
import type { Unit } from '../config/unit.js';
import { type TopicFilter, topicFilter } from '../rules/message/topic-filter.js';
import type { IntegrationSet } from '../rules/routing/integrations.js';

/** The rules and the live set behind an answer, and what had to be assumed. */
export interface Situation {
  readonly settings: Settings;
  readonly cvmain: Pick<CvmainConfig, 'viaNotifier' | 'toExternal'>;
  readonly filters: readonly TopicFilter[];
  /** Absent without a unit: then the app in question counts as registered. */
  readonly integrations?: IntegrationSet;
  readonly notifier: string;
  /** The assumptions, a line each. */
  readonly assumed: readonly string[];
}

/** The situation of a unit; without one, of a unit with default settings on which the app in question is registered. */
export const situationOf = (unit: Unit | undefined, what: string): Situation => {
  // A topic contains the username of its unit.
  const username = /^s2u\/([^/]+)/.exec(what)?.[1] ?? '<username>';
  const filter = `s2u/${username}/#`;
  if (unit === undefined) {
    return {
      settings: defaultSettings,
      cvmain: cvmainDefaults,
      filters: [topicFilter(filter)],
      notifier: notifierAddress(''),
      assumed: [
        `no --config-dir: a unit with default settings, subscribed to ${filter}`,
        'its app is registered, without an address of its own',
      ],
    };
  }
  const { config, filters, integrations, notifier } = unit;
  return {
    settings: config.settings,
    cvmain: config.cvmain,
    filters: (filters ?? [filter]).map(topicFilter),
    integrations,
    notifier,
    assumed: filters === undefined ? [`mq/mq.json has no login yet: subscribed to ${filter}`] : [],
  };
};
