import { expect } from 'chai';
import type { DevEvent } from '../../../bin/dev/event.js';
import { screenOn } from '../../../bin/dev/screen.js';
import { made } from './page/events.js';

describe('the screen of cvmqtt dev', () => {
  /** What is on the last line after these events, in a terminal. */
  const lastLine = (...events: readonly DevEvent[]): string => {
    let text = '';
    const write = (more: string): void => {
      text += more;
    };
    const screen = screenOn({ isTTY: true, columns: 200, write });
    for (const event of events) screen.show(event);
    const line = text.split('\n').at(-1)?.split('\r').at(-1) ?? '';
    screen.close();
    return line.replace('\u001b[K', '');
  };

  const [held, other] = [made.held(0, 1, 30_000, 'a-x'), made.held(0, 2, 5_000, 'b-x')];

  it('counts down for each message that waits for its app', () => {
    expect(lastLine(held, other)).to.equal('waiting: a-x 30 s, b-x 5 s');
    expect(lastLine(held, other, made.notified(0, 1, 'a-x'))).to.equal('waiting: b-x 5 s');
    expect(lastLine(held, made.notified(0, 1, 'a-x'))).to.equal('');
  });

  it('counts down for the second of equal messages when the first has ended', () => {
    expect(lastLine(held, held, made.rejected(0, 1, 'a-x'))).to.equal('waiting: a-x 30 s');
  });

  it('counts down for a message that went to the disk, where it still waits', () => {
    expect(lastLine(held, { event: 'spooled', at: held.at, digest: '1', name: 'a-x' })).to.equal(
      'waiting: a-x 30 s',
    );
  });
});
