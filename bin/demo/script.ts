import { setTimeout } from 'node:timers/promises';
import type { Reason } from '../../lib/rules/rejection.js';
import type { SimApp } from '../../sim/app.js';
import type { SimCvmain } from '../../sim/cvmain.js';
import type { SimServer } from '../../sim/server.js';

/** The parts that the script plays with. */
export interface Stage {
  readonly username: string;
  readonly server: Pick<SimServer, 'send' | 'publish'>;
  readonly cvmain: Pick<SimCvmain, 'address'>;
  readonly app: Pick<SimApp, 'registerWith' | 'unregisterFrom'>;
}

/** One thing that happens, and how its message must end. */
export interface Scene {
  readonly story: string;
  /** Sends one message. */
  readonly play: (stage: Stage) => Promise<void>;
  readonly ends: 'notified' | Reason;
}

/** Shorter than the daemon's default, so that nobody waits for half a minute to see a message given up; ms. */
export const holdMs = 3_000;

/** The reserved names that the demo's policy trusts. */
export const trusted = ['vg:upgrader'];

const registersAfterMs = 2_000;

const send = (name: string, body: string) => (stage: Stage) =>
  stage.server.send(stage.username, { function: name, body });

/** What the server and the apps do in the demo; each message shows a rule (docs/domain.md#names, #message). */
export const script: readonly Scene[] = [
  {
    story: 'a message for int1, which is registered',
    play: send('int1-open-door', '{"door":3}'),
    ends: 'notified',
  },
  {
    story: 'a message for vg:upgrader, a reserved name that is registered and on the allow list',
    play: send('vg:upgrader-check-updates', ''),
    ends: 'notified',
  },
  {
    story: 'a message for int2, which registers 2 s later: it is held, and delivered then',
    play: async (stage) => {
      await send('int2-hello', 'are you there?')(stage);
      await setTimeout(registersAfterMs);
      await stage.app.registerWith(stage.cvmain.address, 'int2');
    },
    ends: 'notified',
  },
  {
    story: 'a reserved name that is not on the allow list, though an app registered it',
    play: async (stage) => {
      await stage.app.registerWith(stage.cvmain.address, 'vg:impostor');
      await send('vg:impostor-give-me-the-keys', '')(stage);
    },
    ends: 'reserved-name',
  },
  {
    story: 'a name without a dash',
    play: send('reboot', ''),
    ends: 'malformed-name',
  },
  {
    story: 'a payload that is an envelope, but a broken one: its timeout is no number',
    play: ({ server, username }) =>
      server.publish(`s2u/${username}/command`, '{"function":"int1-open-door","timeout":"soon"}'),
    ends: 'undecodable',
  },
  {
    story: `int1 unregisters, then a message comes for it: held for ${holdMs / 1000} s, and given up`,
    play: async (stage) => {
      await stage.app.unregisterFrom(stage.cvmain.address, 'int1');
      await send('int1-open-door', '{"door":4}')(stage);
    },
    ends: 'unregistered',
  },
];
