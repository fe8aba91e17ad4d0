import { expect } from 'chai';
import { NEVER, of, Subject, VirtualTimeScheduler } from 'rxjs';
import { ndjson } from '../../../lib/capture/ndjson.js';
import type { Output } from '../../../lib/capture/output.js';
import type { CaptureRecord } from '../../../lib/capture/record.js';
import type { Credentials } from '../../../lib/config/credentials.js';
import type { DaemonEvent } from '../../../lib/log/event.js';
import type { WireProperties } from '../../../lib/mqtt/packets/properties.js';
import type { IntegrationSet } from '../../../lib/rules/routing/integrations.js';
import { type CaptureDeps, capture } from '../../../streams/programs/capture.js';
import { allOf, inPieces } from '../../support/captures.js';
import { FakeConnection, login } from '../../support/session.js';
import { registered } from '../../support/shorthand.js';

const wallClock = Date.parse('2026-11-23T08:00:00Z');

/** A capture in virtual time; what it wrote is there when it has ended. */
const startCapture = (more: Partial<CaptureDeps> = {}) => {
  const scheduler = new VirtualTimeScheduler();
  const credentials$ = new Subject<Credentials>();
  const set$ = new Subject<IntegrationSet>();
  const serves$ = new Subject<boolean>();
  const stop$ = new Subject<void>();
  const connections: FakeConnection[] = [];
  const reports: DaemonEvent[] = [];
  let written = '';
  const output: Output = {
    bytes: 0,
    write: async (text) => {
      written += text;
    },
    rotate: async () => undefined,
    close: async () => undefined,
  };
  const counts = { messages: 0, bytes: 0, connections: 0 };
  const ended = new Promise<unknown>((resolve) => {
    capture(
      {
        credentials$,
        open: (credentials, version, events) => {
          const connection = new FakeConnection(credentials, version, scheduler.now(), events);
          connections.push(connection);
          return connection;
        },
        protocolVersion: 5,
        clientId: 'cvmqtt-capture-1',
        integrations$: set$,
        cvmainServes$: serves$,
        output,
        stop$,
        now: () => wallClock,
        scheduler,
        random: () => 1,
        report: (event) => reports.push(event),
        ...more,
      },
      counts,
    ).subscribe({ error: resolve, complete: () => resolve('complete') });
  });
  const latest = (): FakeConnection => {
    const last = connections.at(-1);
    if (last === undefined) throw new Error('there is no connection');
    return last;
  };
  return {
    counts,
    reports,
    connections,
    latest,
    ended,
    stop$,
    logIn: (more: Partial<Credentials> = {}) => credentials$.next(login(more)),
    cvmain: (serves: boolean) => serves$.next(serves),
    set: (...names: readonly string[]) => set$.next(registered(names)),
    pass: (ms: number) => {
      scheduler.schedule(() => undefined, ms);
      scheduler.maxFrames = scheduler.now() + ms;
      scheduler.flush();
    },
    text: () => written,
    /** Ends it, and reads what it wrote. */
    records: async (): Promise<readonly CaptureRecord[]> => {
      stop$.next();
      if (!latest().gone) latest().close();
      expect(await ended).to.equal('complete');
      return allOf(ndjson(inPieces(Buffer.from(written))));
    },
  };
};

/** A record as a short text. */
const shown = (record: CaptureRecord): string => {
  switch (record.kind) {
    case 'start':
      return `start ${new Date(record.startedAt).toISOString().slice(11, 23)} ${record.filters.join()}`;
    case 'set':
      return `${record.offsetMs} set ${[...record.integrations.keys()].join()}`;
    case 'cvmain':
      return `${record.offsetMs} cvmain ${record.serves ? 'serves' : 'away'}`;
    case 'publish':
      return `${record.offsetMs} #${record.packetId} ${new Date(record.publish.receivedAt).toISOString().slice(11, 23)}`;
    case 'broken':
    case 'note':
      return record.detail;
  }
};

describe('capture', () => {
  it('records what is delivered, and the sets, with the time that passed since its start', async () => {
    const test = startCapture();
    test.set('int1');
    test.logIn();
    test.latest().serve();
    test.pass(10);
    test.latest().deliver(1);
    test.set('int1', 'int2');
    test.pass(5.5);
    test.latest().deliver(2);
    expect((await test.records()).map(shown)).to.deep.equal([
      'start 08:00:00.000 s2u/cv12345/#',
      '0 set int1',
      '10 #1 08:00:00.010',
      '10 set int1,int2',
      '15.5 #2 08:00:00.015',
    ]);
    expect(test.counts).to.deep.equal({ messages: 2, bytes: test.text().length, connections: 1 });
  });

  it('records whether cvmain serves, at the start and at each change', async () => {
    const test = startCapture();
    test.cvmain(true);
    test.logIn();
    test.latest().serve();
    test.pass(10);
    test.cvmain(false);
    test.latest().deliver(1);
    test.pass(5);
    test.cvmain(true);
    expect((await test.records()).map(shown)).to.deep.equal([
      'start 08:00:00.000 s2u/cv12345/#',
      '0 cvmain serves',
      '10 cvmain away',
      '10 #1 08:00:00.010',
      '15 cvmain serves',
    ]);
  });

  it('acknowledges what it records', async () => {
    const test = startCapture();
    test.logIn();
    const connection = test.latest().serve();
    for (const id of [3, 4]) expect(connection.deliver(id)).to.equal(true);
    expect(connection.acknowledged).to.deep.equal([3, 4]);
    await test.records();
  });

  it('does not name the login', async () => {
    const test = startCapture();
    test.logIn();
    test.latest().serve().deliver(1);
    await test.records();
    expect(test.text()).to.include('"broker":"mqtts://broker.example:8883","mqtt_version":"5"');
    expect(test.text()).to.not.include('secret');
  });

  it('continues after a lost connection; a new subscription gets its own header', async () => {
    const test = startCapture();
    test.set('int1');
    test.logIn();
    test.latest().serve().deliver(1);
    test.latest().close();
    test.pass(1_000);
    test.latest().serve().deliver(1);
    test.logIn({ filters: ['s2u/cv12345/door/#'] });
    test.latest().close();
    test.pass(3);
    test.latest().serve();
    test.pass(4);
    test.latest().deliver(1);
    expect((await test.records()).map(shown)).to.deep.equal([
      'start 08:00:00.000 s2u/cv12345/#',
      '0 set int1',
      '0 #1 08:00:00.000',
      '1000 #1 08:00:01.000',
      'start 08:00:01.003 s2u/cv12345/door/#',
      '0 set int1',
      '4 #1 08:00:01.007',
    ]);
    expect(test.counts.connections).to.equal(3);
  });

  it('records everything of a message: all properties, dup, retain, any bytes', async () => {
    const test = startCapture();
    test.logIn();
    const { events } = test.latest().serve();
    const properties: WireProperties = {
      payloadFormatIndicator: false,
      messageExpiryInterval: 7,
      contentType: 'c',
      responseTopic: 'r',
      correlationData: Buffer.from([0, 255]),
      userProperties: Object.assign(Object.create(null), { a: ['1', '2'], b: '3' }),
      subscriptionIdentifier: 9,
      topicAlias: 9,
    };
    const given = { topic: 't', qos: 0, retain: true, dup: true, receivedAt: 0 } as const;
    events.publish({ ...given, payload: { bytes: Buffer.from([255]) }, expiresInMs: 7_000 }, properties);
    const [, record] = await test.records();
    expect(record).to.deep.equal({
      kind: 'publish',
      offsetMs: 0,
      publish: {
        ...given,
        seq: 1,
        payload: { bytes: Buffer.from([255]) },
        receivedAt: wallClock,
        expiresInMs: 7_000,
      },
      properties: {
        'payload-format-indicator': 0,
        'message-expiry-interval': 7,
        'content-type': 'c',
        'response-topic': 'r',
        'correlation-data': 'AP8=',
        'user-properties': [
          ['a', '1'],
          ['a', '2'],
          ['b', '3'],
        ],
      },
    });
  });

  it('ends with the message that reaches a limit', async () => {
    for (const [limit, messages] of [
      [{ maxMessages: 2 }, 2],
      [{ maxBytes: 1 }, 1],
    ] as const) {
      const test = startCapture({ ...limit, integrations$: NEVER });
      test.logIn();
      const connection = test.latest().serve();
      for (const id of [1, 2, 3]) connection.deliver(id);
      expect(connection.ended).to.equal(true);
      expect((await test.records()).map(({ kind }) => kind)).to.deep.equal([
        'start',
        ...Array(messages).fill('publish'),
      ]);
    }
  });

  it('stops reading from the broker while the output is slow, and continues afterwards', async () => {
    let release = (): void => undefined;
    let began = (): void => undefined;
    const writing = new Promise<void>((resolve) => {
      began = resolve;
    });
    let written = 0;
    const output: Output = {
      bytes: 0,
      write: (text) => {
        written += text.length;
        began();
        return new Promise((resolve) => {
          release = resolve;
        });
      },
      rotate: async () => undefined,
      close: async () => undefined,
    };
    const test = startCapture({ output });
    test.logIn();
    const connection = test.latest().serve();
    expect(connection.deliver(1, { payload: { text: 'x'.repeat(8_388_608) } })).to.equal(false);
    const resumed = connection.resumed;
    await writing;
    expect(connection.resumed).to.equal(resumed);
    const resumedAgain = new Promise<void>((resolve) => {
      connection.resume = () => {
        connection.resumed += 1;
        resolve();
      };
    });
    release();
    await resumedAgain;
    expect(connection.deliver(2)).to.equal(true);
    test.stop$.next();
    connection.close();
    const polling = setInterval(() => release(), 1);
    expect(await test.ended).to.equal('complete');
    clearInterval(polling);
    expect(written).to.equal(test.counts.bytes);
  });

  it('disconnects and ends with the error if it can’t write', async () => {
    const full = new Error('full');
    const output: Output = {
      bytes: 0,
      write: () => Promise.reject(full),
      rotate: async () => undefined,
      close: async () => undefined,
    };
    const test = startCapture({ output, integrations$: of(new Map()) });
    test.logIn();
    const connection = test.latest().serve();
    const gone = new Promise<void>((resolve) => {
      connection.end = () => {
        connection.close();
        resolve();
      };
    });
    await gone;
    expect(await test.ended).to.equal(full);
  });
});
