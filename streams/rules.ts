import type { CvmainConfig } from '../lib/config/cvmain-config.js';
import type { Settings } from '../lib/config/settings.js';
import type { TopicFilter } from '../lib/rules/message/topic-filter.js';
import type { PipelineDeps } from './pipeline.js';
import type { SpoolRules } from './spool/spool-port.js';

/** The part of the pipeline's dependencies that the configuration decides. */
export type Rules = Pick<
  PipelineDeps,
  | 'decodeRules'
  | 'policy'
  | 'holdUnregisteredMs'
  | 'maxHeld'
  | 'maxWaitingQos0'
  | 'callsInFlight'
  | 'giveUpAfterMs'
  | 'retry'
>;

/** Dependencies of {@link rulesOf}. */
export interface RulesConfig {
  readonly settings: Settings;
  readonly cvmain: Pick<CvmainConfig, 'viaNotifier' | 'toExternal'>;
  /** The subscribed topic filters; called for each message, as a new login may change them. */
  readonly filters: () => readonly TopicFilter[];
  /** See `DecodeRules`. */
  readonly filtersAreGuessed?: () => boolean;
}

/** The rules of a configuration, for the daemon and for every command that says what the daemon would do. */
export const rulesOf = ({ settings, cvmain, filters, filtersAreGuessed }: RulesConfig): Rules => ({
  decodeRules: {
    nameFrom: settings.name_from,
    isShared: settings.shared_group !== '',
    get filters() {
      return filters();
    },
    get filtersAreGuessed() {
      return filtersAreGuessed?.() ?? false;
    },
  },
  policy: {
    reservedIntegrations: new Set(settings.reserved_integrations),
    viaNotifier: cvmain.viaNotifier,
    toExternal: cvmain.toExternal,
  },
  holdUnregisteredMs: settings.hold_unregistered_ms,
  maxHeld: settings.hold_max_messages,
  maxWaitingQos0: settings.window_messages,
  callsInFlight: settings.calls_in_flight,
  giveUpAfterMs: settings.give_up_after_ms,
  retry: { baseMs: 100, capMs: settings.retry_max_ms },
});

/** How long one message may hold up what is settled behind it, ms. */
const stallMs = 250;

/** When messages go to the spool. */
export const spoolRulesOf = (
  settings: Pick<Settings, 'patience_ms' | 'window_messages' | 'spool_max_age_s'>,
): SpoolRules => ({
  patienceMs: settings.patience_ms,
  stallMs,
  windowMessages: settings.window_messages,
  maxAgeMs: settings.spool_max_age_s * 1_000,
});

/** The size of the spool, and when messages go there. */
export interface SpoolBounds {
  /** Maximum size of its file, bytes. */
  readonly maxBytes: number;
  readonly rules: SpoolRules;
}

/** The spool that the daemon would have; undefined if the settings switch it off. */
export const spoolBoundsOf = (
  settings: Pick<Settings, 'patience_ms' | 'window_messages' | 'spool_max_bytes' | 'spool_max_age_s'>,
): SpoolBounds | undefined =>
  settings.spool_max_bytes === 0
    ? undefined
    : {
        maxBytes: settings.spool_max_bytes,
        rules: spoolRulesOf(settings),
      };
