import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { connectCvmain } from '../../../../lib/cvmain/client.js';
import { status } from '../../../../lib/grpc/index.js';
import { endingAfterTest } from '../../../rig/at-end.js';
import { libraries, notify, send, sendMany, token, version } from '../../../support/grpc-clients.js';
import { said, startCoreServer, startGrpcJsServer } from '../../../support/grpc-servers.js';

const servers = [
  { on: 'grpc-js', start: startGrpcJsServer },
  { on: 'C-core', start: startCoreServer },
];
/**
 * Statuses after which the call is repeated (docs/architecture.md#decision-4), and those that mean that cvmain is
 * away.
 */
const failing: readonly string[] = [
  'CANCELLED',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
  'INTERNAL',
  'UNIMPLEMENTED',
];
const absent: readonly string[] = ['DEADLINE_EXCEEDED', 'UNAVAILABLE'];

for (const { on, start } of servers)
  for (const library of libraries)
    describe(`the client by ${library} with a server on ${on}`, () => {
      if (start === undefined) {
        it('keeps the contract (needs gRPC for Python: apt-get install python3-grpcio)');
        return;
      }
      const atEnd = endingAfterTest();
      const setUp = async (callDeadlineMs = 10_000) => {
        const server = await start(atEnd);
        const client = connectCvmain({ library, address: server.address, callDeadlineMs });
        atEnd(client.close);
        await version(client);
        return { ...server, client };
      };

      it('gives the outcome of each status, with its message', async () => {
        const { client } = await setUp();
        for (const [code, number] of Object.entries(status).filter(([, value]) => value !== status.OK)) {
          const kind = absent.includes(code) ? 'away' : failing.includes(code) ? 'failed' : 'refused';
          await version(client);
          expect(await send(client, `status=${number}`)).to.deep.equal({ kind, detail: `${code}: ${said}` });
        }
        expect(await send(client), 'a call after them').to.deep.equal({ kind: 'accepted' });
      });

      it('gives the outcome of an answer', async () => {
        const { client } = await setUp();
        expect(await send(client)).to.deep.equal({ kind: 'accepted' });
        const detail = 'cvmain refused it, code 7: 42';
        expect(await send(client, 'refuse=42')).to.deep.equal({ kind: 'refused', detail });
        expect(await version(client)).to.deep.equal(E.right('1.2.3'));
        expect(await token(client)).to.deep.equal(E.right('the token'));
      });

      it('sends the largest notification in full', async () => {
        const { client } = await setUp();
        const [body, overhead] = ['x'.repeat(32_000), 23];
        const outcome = await notify(client, { type: 'length=', vals: [{ k: 'body', v: body }] });
        const detail = `cvmain refused it, code 7: ${body.length + overhead}`;
        expect(outcome).to.deep.equal({ kind: 'refused', detail });
      });

      it('sends UTF-8 whatever a notification contains, as other implementations reject anything else', async () => {
        const { client } = await setUp();
        const half = { type: 'int1-\ud83d', vals: [{ k: '\udc00', v: '\ud83d\ude00 \ud83d' }] };
        expect(await notify(client, half)).to.deep.equal({ kind: 'accepted' });
      });

      it('accepts an answer of 4 MiB, rejects one byte more, and continues', async () => {
        const { client } = await setUp();
        const limit = 4 * 1024 * 1024;
        expect(await send(client, `answer=${limit}`)).to.deep.equal({ kind: 'accepted' });
        const outcome = await send(client, `answer=${limit + 1}`);
        expect(outcome).to.have.property('kind', 'failed');
        expect(outcome)
          .to.have.property('detail')
          .that.includes('RESOURCE_EXHAUSTED')
          .and.includes(`${limit + 1}`);
        expect(await send(client)).to.deep.equal({ kind: 'accepted' });
      });

      it('ends a call at its deadline, on the server too', async () => {
        const { client, events } = await setUp(150);
        const outcome = await send(client, 'hang=');
        expect(outcome).to.have.property('kind', 'away');
        expect(outcome).to.have.property('detail').that.includes('DEADLINE_EXCEEDED');
        await events.first('the end of the call', (line) => line === 'cancelled');
      });

      it('ends a cancelled call, on the server too, and no other', async () => {
        const { client, events } = await setUp(60_000);
        const outcomes: unknown[] = [];
        const notification = { type: 'hang=', vals: [] };
        const cancel = client.sendNotification(notification, { kind: 'notifier' }, (outcome) =>
          outcomes.push(outcome),
        );
        await events.first('the call', (line) => line === 'called');
        cancel();
        await events.first('the end of the call', (line) => line === 'cancelled');
        expect(await send(client)).to.deep.equal({ kind: 'accepted' });
        expect(outcomes).to.deep.equal([]);
      });

      it('gives each of 2,000 calls its own answer, with 32 at once', async () => {
        const { client } = await setUp();
        const outcomes = await sendMany(client, 2_000, 32, (at) => `refuse=${at}`);
        const expected = outcomes.map((_, at) => ({
          kind: 'refused',
          detail: `cvmain refused it, code 7: ${at}`,
        }));
        expect(outcomes).to.deep.equal(expected);
      });

      it('continues with the next server after GOAWAY under load', async () => {
        const { client, restart, events } = await setUp();
        const load = sendMany(client, 4_000, 32);
        for (const nth of [500, 1_500]) {
          await events.first('calls', (line) => line === 'called', { nth });
          await restart();
        }
        const others = (await load).filter(({ kind }) => kind !== 'accepted');
        // A call that a server abandons is made again, whatever its status.
        expect(others.filter(({ kind }) => kind === 'refused')).to.deep.equal([]);
        expect(others.length, 'calls that were left behind').to.be.at.most(2 * 2 * 32);
      });
    });
