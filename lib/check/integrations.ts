import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { CvmainConfig } from '../config/cvmain-config.js';
import { isReachable } from '../rules/message/name.js';
import { parseIntegrations } from '../rules/routing/integrations.js';
import { reservedPrefix, route } from '../rules/routing/route.js';
import { decodeJsonWith } from '../util/codec.js';
import { plural } from '../util/plural.js';
import { type Finding, good, warning } from './finding.js';

/** What decides where messages go. */
export interface Delivery {
  readonly cvmain: CvmainConfig;
  readonly reserved: readonly string[];
}

const Names = t.array(t.type({ name: t.string }));

const subject = 'integrations';

/**
 * The registered names in the text of `mq/integrations.json` that get no messages, or are there twice. None for a text that
 * does not decode: that is a finding about the file.
 */
export const integrationFindings = (text: string, { cvmain, reserved }: Delivery): readonly Finding[] => {
  const set = parseIntegrations(text);
  if (E.isLeft(set)) return [];
  const names = [...set.right.keys()];
  const all = E.getOrElseW(() => [])(decodeJsonWith(Names)(text)).map(({ name }) => name);
  const doubled = [...new Set(all.filter((name, at) => all.indexOf(name) !== at))];
  const policy = {
    reservedIntegrations: new Set(reserved),
    viaNotifier: cvmain.viaNotifier,
    toExternal: cvmain.toExternal,
  };
  const decide = route(set.right, policy);
  return [
    names.length === 0
      ? warning(subject, 'none-registered', 'no app has registered', 'start the apps of this unit')
      : good(subject, 'registered', `${plural(names.length, 'app')} registered`),
    ...names.flatMap((name) => {
      if (!isReachable(name)) return [dashed(name)];
      const decision = decide({ integration: name });
      if (E.isRight(decision)) return [];
      const { reason, detail } = decision.left;
      return [warning(subject, reason, `"${name}" gets no messages: ${detail}`, adviceFor(name))];
    }),
    ...doubled.map((name) =>
      warning(
        subject,
        'doubled-name',
        `"${name}" is there more than once: the last one counts`,
        'register each app under a name of its own',
      ),
    ),
  ];
};

const dashed = (name: string): Finding =>
  warning(
    subject,
    'dashed-name',
    `"${name}" has a dash: messages for it go to "${name.slice(0, name.indexOf('-'))}"`,
    'register it under a name without a dash',
  );

const adviceFor = (name: string): string =>
  name.startsWith(reservedPrefix)
    ? "add it to reserved_integrations in mq/cvmqtt.json if it is the vendor's own app"
    : 'switch a way of delivery on in config.json, or register it with an address';
