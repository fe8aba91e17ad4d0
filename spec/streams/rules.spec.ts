import { expect } from 'chai';
import { defaultSettings } from '../../lib/config/settings.js';
import { topicFilter } from '../../lib/message/topic-filter.js';
import { rulesOf } from '../../streams/rules.js';

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
      },
      cvmain: { viaNotifier: false, toExternal: true },
      filters: () => [topicFilter('a/#')],
    });
    expect(rules).to.deep.equal({
      decodeRules: { nameFrom: 'topic', filters: [topicFilter('a/#')] },
      policy: { reservedIntegrations: new Set(['vg:a']), viaNotifier: false, toExternal: true },
      holdUnregisteredMs: 1,
      maxHeld: 2,
      maxWaitingQos0: 3,
      callsInFlight: 4,
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
