import * as E from 'fp-ts/lib/Either.js';

/** Sends as the platform. */
export interface Sender {
  /** Resolves once the broker has acknowledged the message. Left: why it did not. */
  publish(topic: string, payload: string): Promise<E.Either<string, void>>;
  close(): Promise<void>;
}

/** Connects to the broker of a home as the platform's server, at the first message and after the connection has ended. */
export const senderOf = (home: string): Sender => {
  let connection: ReturnType<typeof connect> | undefined;
  const connected = (): ReturnType<typeof connect> => {
    connection ??= connect(home, () => {
      connection = undefined;
    });
    return connection;
  };
  return {
    publish: async (topic, payload) => {
      try {
        const server = await connected();
        return E.right(await server.publish(topic, payload));
      } catch (error) {
        connection = undefined;
        return E.left(
          `the broker did not take it: ${error instanceof Error ? error.message : 'unknown error'}`,
        );
      }
    },
    close: async () => {
      await connection?.then(
        (server) => server.close(),
        () => undefined,
      );
    },
  };
};

const connect = async (home: string, onEnd: () => void) => {
  const [{ readSimFile }, { connectServer }] = await Promise.all([
    import('../../../sim/home.js'),
    import('../../../sim/server.js'),
  ]);
  const file = readSimFile(home);
  if (E.isLeft(file)) throw new Error(file.left);
  const { broker_url: url = '', secret } = file.right;
  const server = await connectServer({ url, secret });
  void server.ended.then(onEnd);
  return server;
};
