import { join } from 'node:path';
import { layout } from '../lib/config/layout.js';
import { writeFileAtomic } from '../lib/storage/atomic-write.js';
import { makeDirectory } from '../lib/storage/make-directory.js';

/** Content of the simulated cvmain's `config.json` and `auth.json`. Addresses are `host:port`. */
export interface HomeContent {
  readonly bindAddr: string;
  readonly notifierBindAddr: string;
  readonly notifierAddr: string;
  readonly externalIntegrations: boolean;
  readonly msgsViaNotifier: boolean;
  readonly username: string;
}

/**
 * Makes the configuration directory, or brings it up to date: `config.json` with comments like the vendor's example has,
 * `auth.json`, an `mq` directory (docs/domain.md#configuration). Both files are replaced. Rejects with
 * the system's error if `home` can't be written.
 */
export async function writeHome(home: string, content: HomeContent): Promise<void> {
  const { cvmain, mq } = layout(home);
  await makeDirectory(mq);
  await writeFileAtomic(cvmain, configJson(content));
  const auth = { username: content.username, password: 'simulated' };
  await writeFileAtomic(join(home, 'auth.json'), `${JSON.stringify(auth, null, 2)}\n`);
}

/** Replaces `mq/mq.json`: where the broker is (`mqtt://host:port`, written as `tcp://`) and the unit's login. */
export async function writeCredentials(
  home: string,
  brokerUrl: string,
  username: string,
  token: string,
): Promise<void> {
  const content = { server_uri: brokerUrl.replace(/^mqtt:/, 'tcp:'), username, password: token };
  await writeFileAtomic(layout(home).credentials, `${JSON.stringify(content, null, 2)}\n`);
}

const configJson = (content: HomeContent): string => `// Written by cvmqtt's simulator of cvmain.
{
  // where apps reach cvmain (gRPC)
  "local_server": {
    "bind_addr": ${JSON.stringify(content.bindAddr)}
  },
  // where notifications (UDP) leave from and go to
  "notification_server": {
    "bind_addr": ${JSON.stringify(content.notifierBindAddr)},
    "send_addr": ${JSON.stringify(content.notifierAddr)}
  },
  "mq": {
    // send messages to the host and port that an integration registered with
    "external_integrations": ${content.externalIntegrations},
    // send messages via the system notifier
    "msgs_via_notifier": ${content.msgsViaNotifier}
  }
}
`;
