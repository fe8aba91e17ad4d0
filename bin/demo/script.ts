import { setTimeout } from 'node:timers/promises';
import type { Reason } from '../../lib/rules/rejection.js';
import type { SimApp } from '../../sim/app.js';
import type { SimCvmain } from '../../sim/cvmain.js';
import type { SimServer } from '../../sim/server.js';

/** The simulated parts that a scene uses. */
export interface Stage {
  readonly username: string;
  readonly server: Pick<SimServer, 'send' | 'publish'>;
  readonly cvmain: Pick<SimCvmain, 'address'>;
  readonly app: Pick<SimApp, 'registerWith' | 'unregisterFrom'>;
}

/** One message, and its expected result. */
export interface Scene {
  readonly story: string;
  /** Sends one message. */
  readonly play: (stage: Stage) => Promise<void>;
  readonly expected: 'notified' | Reason;
}

/** Shorter than the daemon's default of 30 s, so that the demo soon shows a hold that ends; ms. */
export const holdMs = 3_000;

/** The reserved names on the demo's allow list. */
export const trusted = ['vg:upgrader'];

const registersAfterMs = 2_000;

const send = (name: string, body: string) => (stage: Stage) =>
  stage.server.send(stage.username, { function: name, body });

/** The scenes of the demo. Each message shows a rule (docs/domain.md#names, #message). */
export const script: readonly Scene[] = [
  {
    story: 'a message for int1, which is registered',
    play: send('int1-open-door', '{"door":3}'),
    expected: 'notified',
  },
  {
    story: 'a message for vg:upgrader, a reserved name that is registered and on the allow list',
    play: send('vg:upgrader-check-updates', ''),
    expected: 'notified',
  },
  {
    story: 'a message for int2, which registers 2 s later: it is held until then',
    play: async (stage) => {
      await send('int2-hello', 'are you there?')(stage);
      await setTimeout(registersAfterMs);
      await stage.app.registerWith(stage.cvmain.address, 'int2');
    },
    expected: 'notified',
  },
  {
    story: 'a reserved name that is not on the allow list, though an app registered it',
    play: async (stage) => {
      await stage.app.registerWith(stage.cvmain.address, 'vg:impostor');
      await send('vg:impostor-give-me-the-keys', '')(stage);
    },
    expected: 'reserved-name',
  },
  {
    story: 'a name without a dash',
    play: send('reboot', ''),
    expected: 'malformed-name',
  },
  {
    story: 'a broken envelope: its timeout is not a number',
    play: ({ server, username }) =>
      server.publish(`s2u/${username}/command`, '{"function":"int1-open-door","timeout":"soon"}'),
    expected: 'undecodable',
  },
  {
    story: `a message for int1, which has unregistered: held for ${holdMs / 1000} s, then dead-lettered`,
    play: async (stage) => {
      await stage.app.unregisterFrom(stage.cvmain.address, 'int1');
      await send('int1-open-door', '{"door":4}')(stage);
    },
    expected: 'unregistered',
  },
];
