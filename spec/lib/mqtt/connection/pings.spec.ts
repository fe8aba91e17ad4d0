import { mock } from 'node:test';
import { expect } from 'chai';
import { Pings, pingTimes } from '../../../../lib/mqtt/connection/pings.js';

/**
 * A character is a second, and the keepalive is 40 s. Events: `w` something is written, `a` a ping is answered, `l`
 * a publish arrives, or more of a large packet, `x` the connection ends. Effects: `p` a ping, `o` its answer is overdue, `d` the
 * connection is dead.
 */
const keepaliveMs = 40_000;

/** The effects of these events, second by second. */
const played = (happens: string, whilePinging = (_pings: Pings): void => undefined): string => {
  let effects = '-';
  const effect = (what: string) => (): void => {
    effects = effects === '-' ? what : `${effects}${what}`;
  };
  const pings = new Pings({
    send: () => {
      effect('p')();
      whilePinging(pings);
    },
    overdue: effect('o'),
    dead: effect('d'),
  });
  pings.start(pingTimes(keepaliveMs));
  return Array.from(happens, (what, second) => {
    if (second > 0) mock.timers.tick(1_000);
    if (what === 'w') pings.wrote();
    if (what === 'a') pings.answered();
    if (what === 'l') pings.stillComing();
    if (what === 'x') pings.stop();
    const now = effects;
    effects = '-';
    return now;
  }).join('');
};

describe('Pings', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  const examples: readonly (readonly [title: string, happens: string, follows: string])[] = [
    [
      'are rare if nothing is written: a little before the end of each keepalive',
      '---------------------------------------a---------------------------------------',
      '---------------------------------------p--------------------------------------p',
    ],
    [
      'come a quarter of the keepalive after something was written',
      '----w-------------',
      '--------------p---',
    ],
    [
      'come no later if more is written: the first write sets the time',
      '----w---ww---w----',
      '--------------p---',
    ],
    [
      'come once after what was written',
      '----w----------a---------------------------------------',
      '--------------p---------------------------------------p',
    ],
    [
      'come again, after the answer, for what is written while an answer is awaited',
      '----w-----------w-a-----------',
      '--------------p-------------p-',
    ],
    [
      'are overdue after an eighth of the keepalive, and the connection is dead after a quarter',
      '----w------------------------------------------------',
      '--------------p----o----d----------------------------',
    ],
    [
      'may be answered when they are overdue',
      '----w----------------a-----------------------------------',
      '--------------p----o-------------------------------------',
    ],
    [
      'wait for an answer equally long, whatever is written meanwhile',
      '----w-----------w--w--------',
      '--------------p----o----d---',
    ],
    [
      'wait for an answer while a large packet is arriving before it',
      '----w-------------l---l---l-----------',
      '--------------p----------------o----d-',
    ],
    ['come when they are due, whatever is arriving', '----w---l-------------', '--------------p----o--'],
    [
      'are not sent after the end of the connection',
      '----w--x--w-------------------------------',
      '------------------------------------------',
    ],
    [
      'are not reported after the end of the connection',
      '----w----------x-------------',
      '--------------p--------------',
    ],
  ];
  for (const [title, happens, follows] of examples)
    it(title, () => expect(played(happens)).to.equal(follows));

  it('come after what is written at the same moment', () => {
    const happens = '----w----------a-----------------';
    const follows = '--------------p------------------';
    expect(played(happens, (pings) => pings.wrote())).to.equal(follows);
  });

  it('are as frequent with a keepalive of hours: a dead connection is given up within a minute', () => {
    const { unconfirmedMs, overdueMs, deadMs } = pingTimes(7_200_000);
    expect([unconfirmedMs, overdueMs, deadMs]).to.deep.equal([30_000, 15_000, 15_000]);
  });
});
