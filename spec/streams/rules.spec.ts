import { expect } from 'chai';
import { defaultSettings } from '../../lib/config/settings.js';
import { topicFilter } from '../../lib/rules/message/topic-filter.js';
import { rulesOf, spoolBoundsOf } from '../../streams/rules.js';

describe('rulesOf', () => {
  it('has each setting where the pipeline looks for it', () => {
    const rules = rulesOf({
      settings: {
        ...defaultSettings,
        name_from: 'topic',
        reserved_integrations: ['vg:a'],
        hold_unregistered_ms: 1,
        hold_max_messages: 2,
        window_messages: 3,
        calls_in_flight: 4,
        retry_max_ms: 500,
        give_up_after_ms: 7_000,
        shared_group: 'all',
      },
      cvmain: { viaNotifier: false, toExternal: true },
      filters: () => [topicFilter('a/#')],
    });
    expect(rules).to.deep.equal({
      decodeRules: {
        nameFrom: 'topic',
        filters: [topicFilter('a/#')],
        filtersAreGuessed: false,
        isShared: true,
      },
      policy: { reservedIntegrations: new Set(['vg:a']), viaNotifier: false, toExternal: true },
      holdUnregisteredMs: 1,
      maxHeld: 2,
      maxWaitingQos0: 3,
      callsInFlight: 4,
      giveUpAfterMs: 7_000,
      retry: { baseMs: 100, capMs: 500 },
    });
  });

  it('has the filters as they are at each moment', () => {
    let filters = [topicFilter('a/#')];
    const { decodeRules } = {
      ...rulesOf({
        settings: defaultSettings,
        cvmain: { viaNotifier: true, toExternal: true },
        filters: () => filters,
      }),
    };
    filters = [topicFilter('b/#')];
    expect(decodeRules.filters).to.deep.equal([topicFilter('b/#')]);
  });
});

describe('spoolBoundsOf', () => {
  const settings = { patience_ms: 500, window_messages: 20, spool_max_bytes: 4_096, spool_max_age_s: 60 };

  it('has each setting where the spool looks for it', () =>
    expect(spoolBoundsOf(settings)).to.deep.equal({
      maxBytes: 4_096,
      rules: { patienceMs: 500, stallMs: 250, windowMessages: 20, maxAgeMs: 60_000 },
    }));

  it('has none where the settings have none', () =>
    expect(spoolBoundsOf({ ...settings, spool_max_bytes: 0 })).to.equal(undefined));
});
