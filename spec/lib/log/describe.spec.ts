import { expect } from 'chai';
import { describe as describeEvent } from '../../../lib/log/describe.js';
import { eventsWith, secret, settlements } from '../../support/events.js';
import { said } from '../../support/said.js';

const { letter } = settlements('int1-open');

describe('describe', () => {
  for (const [event, level, message, fields] of said) {
    it(`says "${message}"`, () => {
      expect(describeEvent(event)).to.deep.equal({ level, message, fields });
    });
  }

  it('is tested for every kind of event', () => {
    expect(said.map(([{ kind }]) => kind)).to.include.members(Object.keys(eventsWith('')));
  });

  it('uses the topic if there is no name', () => {
    const { message: _, ...undecodable } = { ...letter, detail: 'the payload is not JSON' };
    expect(
      describeEvent({ kind: 'settled', settlement: { ...undecodable, reason: 'undecodable' } }).message,
    ).to.equal('a message on int1-open: undecodable: the payload is not JSON');
  });

  it('shortens a long name, so that the result still fits', () => {
    const { letter: long } = settlements('n'.repeat(10_000));
    const settlement = { ...long, detail: 'the reason' };
    const { message, fields } = describeEvent({ kind: 'settled', settlement });
    expect(message).to.equal(`${'n'.repeat(100)}…: unregistered: the reason`);
    expect(fields).to.include({ name: `${'n'.repeat(400)}…`, topic: `${'n'.repeat(400)}…` });
  });

  it('never contains a payload', () => {
    for (const event of [...Object.values(eventsWith('text')), said.map(([each]) => each)].flat())
      expect(JSON.stringify(describeEvent(event))).to.not.include(secret);
  });

  it('has no field that would overwrite the time, the level, the event or the message', () => {
    for (const event of Object.values(eventsWith('text')))
      expect(describeEvent(event).fields).to.not.have.any.keys('time', 'level', 'event', 'message');
  });
});
