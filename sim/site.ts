import { randomBytes } from 'node:crypto';
import { type SimBroker, startBroker } from './broker.js';
import { type SimCvmain, startCvmain } from './cvmain.js';
import { writeSimFile } from './home.js';
import { serverClaims, signToken, unitClaims } from './token.js';

export interface SiteOptions {
  /** The configuration directory that cvmain keeps; made if it isn't there. */
  readonly home: string;
  readonly username: string;
  /** 0: a free one. */
  readonly brokerPort: number;
  /** 0: a free one. */
  readonly cvmainPort: number;
  /** The system notifier, `host:port`. */
  readonly notifierAddr: string;
  /** Whether apps may register names that start with `vg:`. */
  readonly allowReserved: boolean;
}

/** A broker and a cvmain that belong together. */
export interface SimSite {
  readonly broker: SimBroker;
  readonly cvmain: SimCvmain;
  /** The platform server's login at the broker. */
  readonly serverToken: string;
  close(): Promise<void>;
}

/** The simulator hands out no new tokens by itself: they outlast any day of development, in seconds. */
const tokenLifeS = 30 * 24 * 3600;

/**
 * Starts a broker and a cvmain, with tokens of a secret that nobody else knows, and writes `<home>/sim.json` for other
 * terminals. Rejects with Node's error (`EADDRINUSE`) when a port is taken; nothing is left running then.
 */
export async function startSite(options: SiteOptions): Promise<SimSite> {
  const { home, username, notifierAddr, allowReserved } = options;
  const secret = randomBytes(32).toString('hex');
  const exp = Math.floor(Date.now() / 1000) + tokenLifeS;
  const token = signToken(secret, unitClaims(username, exp));
  const serverToken = signToken(secret, serverClaims(exp));
  const broker = await startBroker({ secret, port: options.brokerPort });
  try {
    const cvmain = await startCvmain({
      home,
      port: options.cvmainPort,
      username,
      token: () => token,
      brokerUrl: broker.url,
      notifierAddr,
      allowReserved,
    });
    const close = async (): Promise<void> => {
      await cvmain.close();
      await broker.close();
    };
    await writeSimFile(home, {
      broker_url: broker.url,
      server_token: serverToken,
      cvmain_address: cvmain.address,
      notifier_addr: notifierAddr,
      username,
    });
    return { broker, cvmain, serverToken, close };
  } catch (error) {
    await broker.close();
    throw error;
  }
}
