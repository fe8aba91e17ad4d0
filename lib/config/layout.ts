import { join } from 'node:path';

/** The files of cvmain's configuration directory that concern cvmqtt (docs/domain.md#configuration). */
export interface Layout {
  readonly root: string;
  /** cvmain's main file, JSON with comments. */
  readonly cvmain: string;
  /** The login that the unit's registration gave to cvmain: not read by the daemon. */
  readonly auth: string;
  /** The directory of the messaging settings. */
  readonly mq: string;
  /** The broker's address and the unit's login. cvmain rewrites it when the token is renewed. */
  readonly credentials: string;
  /** The registered integrations. */
  readonly integrations: string;
  /** cvmqtt's own optional settings. */
  readonly settings: string;
  /** An optional certificate authority for the broker, PEM. */
  readonly ca: string;
  /** The default state directory. */
  readonly state: string;
}

/** The paths of the files below `root`, whether they exist or not. */
export const layout = (root: string): Layout => ({
  root,
  cvmain: join(root, 'config.json'),
  auth: join(root, 'auth.json'),
  mq: join(root, 'mq'),
  credentials: join(root, 'mq', 'mq.json'),
  integrations: join(root, 'mq', 'integrations.json'),
  settings: join(root, 'mq', 'cvmqtt.json'),
  ca: join(root, 'mq', 'ca.pem'),
  state: join(root, 'mq', 'cvmqtt'),
});
