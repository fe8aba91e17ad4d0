import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { endingAfterTest } from '../../rig/at-end.js';
import { deadLetters } from '../../rig/dead-letters.js';
import { username } from '../../rig/login.js';
import { measured } from '../../rig/measured.js';
import { startMosquitto } from '../../rig/mosquitto.js';
import { itWithMosquitto } from '../../rig/programs.js';
import { startServer } from '../../rig/server.js';
import { startUnit } from '../../rig/unit.js';
import { libraries } from '../../support/grpc-clients.js';

const codes = Array.from({ length: 17 }, (_, code) => code);

/** Statuses after which the call is repeated (lib/cvmain/answers.ts). OK without an answer is one of them. */
const healing: readonly number[] = [
  status.OK,
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.UNIMPLEMENTED,
];

/** What can happen to the first call of a message, and whether the message is delivered. */
const fates: readonly { readonly first: string; readonly delivered: boolean }[] = [
  ...codes.map((code) => ({ first: `status=${code}`, delivered: healing.includes(code) })),
  { first: 'no', delivered: false },
  { first: 'hang', delivered: true },
  { first: 'late=600', delivered: true },
  { first: 'cut', delivered: true },
];

for (const library of libraries)
  describe(`any answer of cvmain to ${library},`, () => {
    const atEnd = endingAfterTest();

    itWithMosquitto('notifies or dead-letters each message, and holds up no other', async () => {
      const broker = await startMosquitto(atEnd);
      const integrations = fates.map((_, at) => `int${at}`);
      const settings = { call_deadline_ms: 300, grpc_client: library };
      const unit = await startUnit(atEnd, { brokerUrl: broker.url, integrations, settings });
      const daemon = await unit.connected('--log-level', 'debug');
      const server = await startServer(atEnd, broker.url);
      for (const [at, { first }] of fates.entries()) {
        // It also cuts all other calls.
        if (first === 'cut') await daemon.logged('settled', 2 * at);
        await server.send(username, { function: `int${at}-do`, body: `first=${first}` });
        await server.send(username, { function: `int${at}-do`, body: `after ${first}` });
      }
      await daemon.logged('settled', 2 * fates.length);
      const isLate = ({ body }: { readonly body: string }): boolean => body === 'first=late=600';
      await unit.cvmain.accepted.first('the late one, twice', isLate, { nth: 2 });
      expect(await daemon.stop()).to.include({ code: 0 });

      const accepted = unit.cvmain.accepted.entries.map(({ body }) => body);
      const letters = await deadLetters(unit.home);
      expect(letters.every(({ reason, attempts }) => reason === 'refused' && attempts === 1)).to.equal(true);
      for (const { first, delivered } of fates) {
        const refused = letters.filter(({ payload }) => payload?.includes(`"first=${first}"`));
        expect(refused, `dead letters of ${first}`).to.have.length(delivered ? 0 : 1);
        const order = [...new Set(accepted.filter((body) => body.endsWith(first)))];
        const expected = delivered ? [`first=${first}`, `after ${first}`] : [`after ${first}`];
        expect(order, `accepted of ${first}`).to.deep.equal(expected);
      }
      expect(daemon.count('disconnected')).to.equal(0);
      const repeated = accepted.filter((body, at) => accepted.indexOf(body) !== at);
      measured(`${letters.length} dead letters, repeated: ${repeated.join(', ')}`);
      // It was executed after its call had timed out.
      expect(repeated).to.deep.equal(['first=late=600']);
    });
  });
