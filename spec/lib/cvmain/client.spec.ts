import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { type Cvmain, type CvmainClient, connectCvmain } from '../../../lib/cvmain/client.js';
import type { Outcome } from '../../../lib/rules/delivery/outcome.js';
import type { Target } from '../../../lib/rules/target.js';
import { commsService } from '../../../sim/comms-service.js';
import type { Intercept, NotificationRequest } from '../../../sim/cvmain-service.js';
import { listen } from '../../../sim/listener.js';
import { setUp } from '../../sim/support/cvmain.js';
import { inbox } from '../../sim/support/inbox.js';
import { cleanup } from '../../support/cleanup.js';
import { leftOf } from '../../support/either.js';
import { libraries, token, version } from '../../support/grpc-clients.js';

const notification = { type: 'int1-open', vals: [{ k: 'body', v: 'ä\u0000' }] };

/** The outcome of one call. */
const send = (cvmain: Cvmain, target: Target = { kind: 'notifier' }): Promise<Outcome> =>
  new Promise((resolve) => cvmain.sendNotification(notification, target, resolve));

for (const library of libraries)
  describe(`the client of cvmain by ${library}`, () => {
    const atEnd = cleanup();

    const connect = (address: string, callDeadlineMs = 10_000): CvmainClient => {
      const client = connectCvmain({ library, address, callDeadlineMs });
      atEnd(client.close);
      return client;
    };
    /** A client of a simulated cvmain that gives this answer. */
    const withCvmain = async (intercept?: Intercept, callDeadlineMs?: number) => {
      const test = await setUp(atEnd, {
        version: '1.2.3',
        token: () => 'the token',
        ...(intercept === undefined ? {} : { intercept }),
      });
      return { ...test, client: connect(test.cvmain.address, callDeadlineMs) };
    };

    /** The address of a program that is not cvmain. */
    const otherServer = async (answer: (socket: Socket) => void): Promise<string> => {
      const listener = await listen(0);
      atEnd(listener.suspend);
      listener.accept(answer);
      return `127.0.0.1:${listener.port}`;
    };

    /** Calls a cvmain whose `get_version` is treated like this, and counts the connections to it. */
    const seenFromCvmain = async (
      getVersion: handleUnaryCall<unknown, object>,
      getAuthToken: handleUnaryCall<unknown, object> = getVersion,
    ) => {
      const [listener, server, sockets] = [await listen(0), new Server(), inbox<Socket>()];
      atEnd(listener.suspend);
      atEnd(() => server.forceShutdown());
      server.addService(commsService, { get_version: getVersion, get_auth_token: getAuthToken });
      const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
      listener.accept((socket) => {
        sockets.put(socket);
        injector.injectConnection(socket);
      });
      return { sockets, client: connect(`127.0.0.1:${listener.port}`) };
    };

    describe('sendNotification', () => {
      it('is accepted, and the notification has gone out', async () => {
        const { client, notified } = await withCvmain();
        expect(await send(client)).to.deep.equal({ kind: 'accepted' });
        expect(await notified.filled(1)).to.deep.equal([notification]);
      });

      it('has the integration’s addresses on the wire, if it has its own', async () => {
        const requests: NotificationRequest[] = [];
        const { client } = await withCvmain((request) => {
          requests.push(request);
          return Promise.resolve({ success: true, errMsg: '', code: 0 });
        });
        await send(client);
        await send(client, { kind: 'external', bindAddr: '127.0.0.1:0', sendAddr: '127.0.0.1:6001' });
        const { type: msg_type, vals } = notification;
        expect(requests).to.deep.equal([
          { msg_type, vals, integration: null },
          { msg_type, vals, integration: { bind_addr: '127.0.0.1:0', send_addr: '127.0.0.1:6001' } },
        ]);
      });

      it('is refused if cvmain refuses it', async () => {
        const { client } = await withCvmain(() => Promise.resolve({ success: false, errMsg: 'no', code: 9 }));
        const detail = 'cvmain refused it, code 9: no';
        await version(client);
        expect(await send(client)).to.deep.equal({ kind: 'refused', detail });
      });

      it('finds cvmain away if there is no answer within the deadline', async () => {
        const { client } = await withCvmain(() => new Promise(() => undefined), 100);
        const outcome = await send(client);
        expect(outcome).to.have.property('kind', 'away');
        expect(outcome).to.have.property('detail').that.includes('DEADLINE_EXCEEDED');
      });

      it('finds cvmain away if nothing listens, and if the connection is cut during a call', async () => {
        const arrived = inbox<string>();
        const { client, cvmain } = await withCvmain((request) => {
          arrived.put(request.msg_type);
          return new Promise(() => undefined);
        });
        const cut = send(client);
        await arrived.filled(1);
        await cvmain.suspend();
        expect(await cut).to.have.property('kind', 'away');
        expect(await send(client)).to.have.property('kind', 'away');
      });

      it('is accepted again when cvmain is back: the same client finds it', async () => {
        const { client, cvmain } = await withCvmain();
        await cvmain.suspend();
        expect(await send(client)).to.have.property('kind', 'away');
        await cvmain.resume();
        let outcome = await send(client);
        while (outcome.kind === 'away') outcome = await send(client);
        expect(outcome).to.deep.equal({ kind: 'accepted' });
      });

      it('reports nothing after a cancel', async () => {
        let answer: (late: { success: boolean; errMsg: string; code: number }) => void = () => undefined;
        const arrived = inbox<string>();
        const { client } = await withCvmain((request, pass) => {
          arrived.put(request.msg_type);
          if (arrived.items.length > 1) return pass();
          return new Promise((resolve) => {
            answer = resolve;
          });
        });
        const outcomes: Outcome[] = [];
        const cancel = client.sendNotification(notification, { kind: 'notifier' }, (outcome) => {
          outcomes.push(outcome);
        });
        await arrived.filled(1);
        cancel();
        cancel();
        answer({ success: true, errMsg: '', code: 0 });
        expect(await send(client), 'a call after it').to.deep.equal({ kind: 'accepted' });
        expect(outcomes).to.deep.equal([]);
      });
    });

    it('getProtocolVersion is the version of cvmain’s protocol', async () => {
      const { client } = await withCvmain();
      const protocol = await new Promise(client.getProtocolVersion);
      expect(protocol).to.deep.equal(E.right('1.0.2'));
    });

    describe('getVersion', () => {
      it('is cvmain’s version', async () => {
        const { client } = await withCvmain();
        expect(await version(client)).to.deep.equal(E.right('1.2.3'));
      });

      it('is waited for if cvmain takes 3 s: that is slow, not away', async () => {
        const { client } = await seenFromCvmain((_call, answer) =>
          setTimeout(
            () => answer(null, { resp: { success: true, errMsg: '', code: 0 }, version: '1.2.3' }),
            3_000,
          ),
        );
        expect(await version(client)).to.deep.equal(E.right('1.2.3'));
      });

      it('is Left if nothing listens', async () => {
        const { client, cvmain } = await withCvmain();
        await cvmain.suspend();
        expect(leftOf(await version(client))).to.include('ECONNREFUSED');
      });

      it('is Left after its deadline if something listens and never answers', async () => {
        const address = await otherServer(() => undefined);
        const client = connectCvmain({ library, address, callDeadlineMs: 600_000, probeDeadlineMs: 200 });
        atEnd(client.close);
        expect(leftOf(await version(client))).to.be.a('string');
      });

      it('is Left if something other than cvmain listens', async () => {
        const client = connect(await otherServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
        expect(leftOf(await version(client))).to.be.a('string');
      });
    });

    describe('getAuthToken', () => {
      it('is the unit’s token', async () => {
        const { client } = await withCvmain();
        expect(await token(client)).to.deep.equal(E.right('the token'));
      });

      it('is undefined if there is none yet', async () => {
        const { cvmain } = await setUp(atEnd, { token: () => '' });
        expect(await token(connect(cvmain.address))).to.deep.equal(E.right(undefined));
      });

      it('is Left if cvmain refuses, and does not quote a token from its answer', async () => {
        const secret = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjdjEyMzQ1In0.c2lnbmF0dXJl';
        const refused = { success: false, code: 7, errMsg: `${secret}: revoked` };
        const answers: readonly handleUnaryCall<unknown, object>[] = [
          (_call, answer) => answer({ code: status.INTERNAL, details: `no luck with ${secret}` }),
          (_call, answer) => answer(null, { resp: refused, token: '' }),
        ];
        for (const answer of answers) {
          const { client } = await seenFromCvmain(answer);
          expect(leftOf(await token(client)))
            .to.include('(a token)')
            .and.not.to.include('eyJ');
        }
      });

      it('is Left if nothing listens', async () => {
        const { client, cvmain } = await withCvmain();
        await cvmain.suspend();
        expect(leftOf(await token(client))).to.include('ECONNREFUSED');
      });
    });

    describe('on the wire:', () => {
      it('a cancelled call is cancelled for cvmain, too', async () => {
        const seen = inbox<string>();
        const { client } = await seenFromCvmain((call) => {
          seen.put('called');
          call.once('cancelled', () => seen.put('cancelled'));
        });
        const cancel = client.getVersion(() => undefined);
        await seen.filled(1);
        cancel();
        expect(await seen.filled(2)).to.deep.equal(['called', 'cancelled']);
      });

      it('all calls go through one connection, which ends when the client is closed', async () => {
        const { client, sockets } = await seenFromCvmain((_call, answer) =>
          answer(null, { resp: { success: true, errMsg: '', code: 0 }, version: '1.2.3' }),
        );
        const answers = await Promise.all([version(client), version(client), version(client)]);
        expect(answers).to.deep.equal([E.right('1.2.3'), E.right('1.2.3'), E.right('1.2.3')]);
        const [socket, another] = sockets.items;
        expect(another).to.equal(undefined);
        if (socket === undefined) throw new Error('nobody connected');
        const ended = once(socket, 'close');
        client.close();
        await ended;
      });
    });
  });
