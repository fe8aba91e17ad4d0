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

describe('asked', () => {
  it('takes an argument with a slash as a topic, with the payload unchanged', () => {
    expect(publishFor('s2u/cv1/int1-open', '{"a":1}')).to.deep.equal({
      topic: 's2u/cv1/int1-open',
      payload: { text: '{"a":1}' },
    });
  });

  it('takes an argument that matches a subscription as a topic', () => {
    expect(publishFor('int1-open', 'x', 'auto', '#').topic).to.equal('int1-open');
  });

  it('takes anything else as a full name, sent in an envelope', () => {
    expect(publishFor('int1-open')).to.deep.equal({
      topic: 's2u/cv1/command',
      payload: { text: '{"function":"int1-open"}' },
    });
    expect(publishFor('int1-open', '{"a":1}').payload).to.deep.equal({
      text: '{"function":"int1-open","body":"{\\"a\\":1}"}',
    });
  });

  it('sends a full name as a level of the topic if an envelope would not do', () => {
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

  it('receives it now, at QoS 1', () => {
    expect(rightOf(ask('int1-open')).publish).to.include({ receivedAt: 7, qos: 1 });
  });

  for (const topic of ['s2u/+/x', 's2u/#', 's2u/\0']) {
    it(`refuses ${JSON.stringify(topic)}`, () => {
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

  it('passes a matching topic, and names the filter', () => {
    expect(verdict('s2u/cv1/b')).to.include({
      verdict: 'passes',
      text: 'the subscription s2u/cv1/b matches s2u/cv1/b',
    });
  });

  it('ends if no filter matches, and names all filters', () => {
    expect(verdict('s2u/cv1/c')).to.include({
      verdict: 'ends',
      text: 'no subscription matches s2u/cv1/c: s2u/cv1/a/#, s2u/cv1/b',
    });
  });
});
