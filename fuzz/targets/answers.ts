import * as E from 'fp-ts/lib/Either.js';
import { readBasicResponse, readWrappedResponse } from '../../lib/cvmain/messages.js';
import { MessageReader, maxAnswerBytes } from '../../lib/grpc/message-reader.js';
import { statusOfTrailers } from '../../lib/grpc/status.js';
import { check, type Target } from '../target.js';

const basic = Buffer.from([8, 1, 18, 2, 110, 111, 24, 7]);
const wrapped = Buffer.concat([Buffer.from([10, basic.length]), basic, Buffer.from([18, 3, 49, 46, 50])]);
const prefixed = (message: Buffer): Buffer => {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
};

/** What cvmain's answers are made of, byte by byte. */
export const answers: readonly Target[] = [
  {
    name: 'protobuf',
    make: (random) => random.pick([basic, wrapped]),
    run: (input) => {
      const one = readBasicResponse(input);
      if (E.isRight(one)) {
        const { success, errMsg, code } = one.right;
        check(
          typeof success === 'boolean' && typeof errMsg === 'string' && Number.isInteger(code),
          'a BasicResponse',
        );
      }
      const other = readWrappedResponse(input);
      if (E.isRight(other)) check(typeof other.right.text === 'string', 'a text');
    },
  },
  {
    name: 'grpc message',
    make: (random) => prefixed(random.pick([basic, wrapped, Buffer.alloc(0)])),
    run: (input) => {
      const whole = new MessageReader();
      const pieces = new MessageReader();
      const problem = whole.take(input);
      let stopped = false;
      for (let at = 0; at < input.length && !stopped; at += 3)
        stopped = pieces.take(input.subarray(at, at + 3)) !== undefined;
      check(stopped === (problem !== undefined), 'the same, however it is cut');
      const { message } = whole;
      check(stopped || (message === undefined) === (pieces.message === undefined), 'the same message');
      check(message === undefined || message.length <= maxAnswerBytes, 'a bound');
    },
  },
  {
    name: 'grpc status',
    make: (random) => Buffer.from(random.pick(['0\n', '13\nso%20it%20said', '2\n100%', '99\n%C3%28'])),
    run: (input) => {
      const [code = '', ...message] = input.toString('latin1').split('\n');
      const { code: number, details } = statusOfTrailers({
        'grpc-status': code,
        'grpc-message': message.join('\n'),
      });
      check(Number.isInteger(number) && number >= 0, 'a number');
      check(details.length <= 1_025, 'words that have an end');
    },
  },
];
