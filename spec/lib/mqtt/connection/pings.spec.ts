import { mock } from 'node:test';
import { expect } from 'chai';
import { Pings, pingTimes } from '../../../../lib/mqtt/connection/pings.js';

/**
 * A character is a second, and the keepalive is 40 s. What happens: `w` something is written, `a` a ping is answered, `l` more of a
 * large packet comes, `x` the
 * connection is over. What follows: `p` a ping, `o` its answer is overdue, `d` the line is dead.
 */
const keepaliveMs = 40_000;

/** What follows from what happens, for as long as that goes on. */
const played = (happens: string, whilePinging = (_pings: Pings): void => undefined): string => {
  let told = '-';
  const tell = (what: string) => (): void => {
    told = told === '-' ? what : `${told}${what}`;
  };
  const pings = new Pings(pingTimes(keepaliveMs), {
    send: () => {
      tell('p')();
      whilePinging(pings);
    },
    overdue: tell('o'),
    dead: tell('d'),
  });
  return Array.from(happens, (what, second) => {
    if (second > 0) mock.timers.tick(1_000);
    if (what === 'w') pings.wrote();
    if (what === 'a') pings.answered();
    if (what === 'l') pings.stillComing();
    if (what === 'x') pings.stop();
    const now = told;
    told = '-';
    return now;
  }).join('');
};

describe('Pings', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  const examples: readonly (readonly [title: string, happens: string, follows: string])[] = [
    [
      'are seldom where nothing is written: a little before each keepalive is over',
      '---------------------------------------a---------------------------------------',
      '---------------------------------------p--------------------------------------p',
    ],
    [
      'come a quarter of the keepalive after something was written',
      '----w-------------',
      '--------------p---',
    ],
    [
      'come no later where more is written: the first may wait no longer',
      '----w---ww---w----',
      '--------------p---',
    ],
    [
      'come once behind what was written',
      '----w----------a---------------------------------------',
      '--------------p---------------------------------------p',
    ],
    [
      'come again behind what is written while an answer is awaited, when that is here',
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
      'wait for an answer as long, whatever is written meanwhile',
      '----w-----------w--w--------',
      '--------------p----o----d---',
    ],
    [
      'wait for an answer for as long as a large packet is coming in front of it',
      '----w-------------l---l---l-----------',
      '--------------p----------------o----d-',
    ],
    ['come when they are due, whatever is coming', '----w---l-------------', '--------------p----o--'],
    [
      'are not sent when it is over',
      '----w--x--w-------------------------------',
      '------------------------------------------',
    ],
    ['are not told of when it is over', '----w----------x-------------', '--------------p--------------'],
  ];
  for (const [title, happens, follows] of examples)
    it(title, () => expect(played(happens)).to.equal(follows));

  it('have what is written at their own moment ahead of them', () => {
    const happens = '----w----------a-----------------';
    const follows = '--------------p------------------';
    expect(played(happens, (pings) => pings.wrote())).to.equal(follows);
  });

  it('are as frequent with a keepalive of hours: a dead connection is given up within a minute', () => {
    const { unconfirmedMs, overdueMs, deadMs } = pingTimes(7_200_000);
    expect([unconfirmedMs, overdueMs, deadMs]).to.deep.equal([30_000, 15_000, 30_000]);
  });
});
