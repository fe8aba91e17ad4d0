import { join } from 'node:path';

/** The files of cvmain's configuration directory that concern cvmqtt (docs/domain.md#configuration). */
export interface Layout {
  readonly root: string;
  /** cvmain's main file, JSON with comments. */
  readonly cvmain: string;
  /** The directory in which cvmain keeps the settings of messaging. */
  readonly mq: string;
  /** Where the broker is, and the unit's login. cvmain rewrites it when the token is refreshed. */
  readonly credentials: string;
  /** The registered integrations. */
  readonly integrations: string;
  /** cvmqtt's own optional settings. */
  readonly settings: string;
  /** An optional certificate authority for the broker, PEM. */
  readonly ca: string;
  /** The state directory, unless another one is given. */
  readonly state: string;
}

/** Where the files are below `root`; whether they exist is another matter. */
export const layout = (root: string): Layout => ({
  root,
  cvmain: join(root, 'config.json'),
  mq: join(root, 'mq'),
  credentials: join(root, 'mq', 'mq.json'),
  integrations: join(root, 'mq', 'integrations.json'),
  settings: join(root, 'mq', 'cvmqtt.json'),
  ca: join(root, 'mq', 'ca.pem'),
  state: join(root, 'mq', 'cvmqtt'),
});
