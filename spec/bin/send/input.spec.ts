import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { ordersIn } from '../../../bin/send/input.js';
import { cleanup, temporaryDirectory } from '../../support/cleanup.js';

describe('a file of messages of cvmqtt send', () => {
  const atEnd = cleanup();

  /** The names of the messages, or what is wrong. */
  const read = async (content: string): Promise<readonly string[]> => {
    const file = join(await temporaryDirectory(atEnd), 'orders.ndjson');
    await writeFile(file, content);
    const said: string[] = [];
    for await (const order of ordersIn(file, 'cv1'))
      said.push(E.isLeft(order) ? order.left.replace(file, 'FILE') : order.right.name);
    return said;
  };

  it('may be of a Windows editor: with a byte order mark, and CRLF', async () => {
    expect(await read('\uFEFF{"function":"a-b"}\r\n\r\n{"function":"a-c"}\r\n')).to.deep.equal([
      'a-b',
      'a-c',
    ]);
  });

  it('says so if it has no message', async () => {
    for (const content of ['', '\n \n', '\uFEFF'])
      expect(await read(content)).to.deep.equal(['FILE has no message']);
  });
});
