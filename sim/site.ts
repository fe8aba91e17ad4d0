import { type SimBroker, startBroker } from './broker.js';
import { type SimCvmain, startCvmain } from './cvmain.js';
import type { OnRefused } from './cvmain-service.js';
import { type SimFile, writeSimFile } from './home.js';
import { signToken, unitClaims } from './token.js';

export interface CvmainPartOptions {
  /** cvmain's configuration directory. */
  readonly home: string;
  readonly file: SimFile;
  /** 0: a free one. */
  readonly port: number;
  /** `mqtt://host:port` */
  readonly brokerUrl: string;
  /** The system notifier, `host:port`. */
  readonly notifierAddr: string;
  /** Whether apps may register names that start with `vg:`. */
  readonly allowReserved: boolean;
  /** Called when nothing listens at an address that a packet was sent to. */
  readonly onUnheard?: (sendAddr: string) => void;
  readonly onRefused?: OnRefused;
}

/** Lifetime of tokens, s: longer than a session of development, as the simulator doesn't renew them by itself. */
const tokenLifeS = 30 * 24 * 3600;

/** When a token made now expires, s since 1970. */
const tokenEnd = (): number => Math.floor(Date.now() / 1000) + tokenLifeS;

/**
 * Starts the broker of `<home>/sim.json` and writes its address there. Rejects with Node's error
 * (`EADDRINUSE`) when the port is in use. `onHttp2` as in {@link startBroker}.
 */
export async function startBrokerOf(
  home: string,
  file: SimFile,
  port: number,
  onHttp2?: () => void,
): Promise<SimBroker> {
  const broker = await startBroker({
    secret: file.secret,
    port,
    ...(onHttp2 === undefined ? {} : { onHttp2 }),
  });
  await writeSimFile(home, { ...file, broker_url: broker.url });
  return broker;
}

/**
 * Starts the cvmain of `<home>/sim.json` with a token for its unit, and writes its address there. Apps are
 * notified at the address that they registered, and through the notifier. Rejects with Node's error when the
 * port is in use.
 */
export async function startCvmainOf(options: CvmainPartOptions): Promise<SimCvmain> {
  const { home, file, port, brokerUrl, notifierAddr, allowReserved, onUnheard, onRefused } = options;
  const { secret, username } = file;
  const token = signToken(secret, unitClaims(username, tokenEnd()));
  const cvmain = await startCvmain({
    home,
    port,
    username,
    token: () => token,
    brokerUrl,
    notifierAddr,
    allowReserved,
    externalIntegrations: true,
    ...(onUnheard === undefined ? {} : { onUnheard }),
    ...(onRefused === undefined ? {} : { onRefused }),
  });
  await writeSimFile(home, { ...file, broker_url: brokerUrl, cvmain_address: cvmain.address });
  return cvmain;
}
