import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { asked, receive } from '../../../lib/explain/asked.js';
import type { NameFrom } from '../../../lib/rules/message/decode.js';
import { topicFilter } from '../../../lib/rules/message/topic-filter.js';
import { leftOf, rightOf } from '../../support/either.js';

const ask = (
  what: string,
  payload: string | Uint8Array = '',
  nameFrom: NameFrom = 'auto',
  filter = 's2u/cv1/#',
) => asked(what, Buffer.from(payload), { nameFrom, filters: [topicFilter(filter)] }, 7);

const publishFor = (...given: Parameters<typeof ask>) => {
  const { topic, payload } = rightOf(ask(...given)).publish;
  return { topic, payload };
};

describe('what is asked about', () => {
  it('is a topic when it has a slash, with the payload as it is', () => {
    expect(publishFor('s2u/cv1/int1-open', '{"a":1}')).to.deep.equal({
      topic: 's2u/cv1/int1-open',
      payload: { text: '{"a":1}' },
    });
  });

  it('is a topic when it is subscribed to', () => {
    expect(publishFor('int1-open', 'x', 'auto', '#').topic).to.equal('int1-open');
  });

  it('is else a full name, and sent in an envelope', () => {
    expect(publishFor('int1-open')).to.deep.equal({
      topic: 's2u/cv1/command',
      payload: { text: '{"function":"int1-open"}' },
    });
    expect(publishFor('int1-open', '{"a":1}').payload).to.deep.equal({
      text: '{"function":"int1-open","body":"{\\"a\\":1}"}',
    });
  });

  it('is a level of the topic where an envelope would not do', () => {
    const bytes = new Uint8Array([0xff]);
    expect(publishFor('int1-open', bytes).topic).to.equal('s2u/cv1/int1-open');
    expect(publishFor('int1-open', 'x', 'topic')).to.deep.equal({
      topic: 's2u/cv1/int1-open',
      payload: { text: 'x' },
    });
    expect(publishFor('int1-open', '', 'topic').payload, 'an empty one is no command').to.deep.equal({
      text: '{}',
    });
    expect(publishFor('int1-open', 'x', 'topic', 's2u/+/x/+/#').topic).to.equal(
      's2u/int1-open/x/command/command',
    );
  });

  it('was received now, at QoS 1', () => {
    expect(rightOf(ask('int1-open')).publish).to.include({ receivedAt: 7, qos: 1 });
  });

  for (const topic of ['s2u/+/x', 's2u/#', 's2u/\0']) {
    it(`can't be ${JSON.stringify(topic)}: no topic`, () => {
      expect(leftOf(ask(topic))).to.contain('topic');
    });
  }
});

describe('receive', () => {
  const verdict = (topic: string) => {
    const publish = E.toUnion(ask(topic));
    if (typeof publish === 'string') throw new Error(publish);
    return receive(publish.publish, [topicFilter('s2u/cv1/a/#'), topicFilter('s2u/cv1/b')]);
  };

  it('passes what a filter matches, and names it', () => {
    expect(verdict('s2u/cv1/b')).to.include({
      verdict: 'passes',
      text: 's2u/cv1/b is subscribed, and matches s2u/cv1/b',
    });
  });

  it('ends what none matches, and names all', () => {
    expect(verdict('s2u/cv1/c')).to.include({
      verdict: 'ends',
      text: 'nothing that is subscribed matches s2u/cv1/c: s2u/cv1/a/#, s2u/cv1/b',
    });
  });
});
