import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type IntegrationSet, parseIntegrations } from '../rules/routing/integrations.js';

/**
 * Parses a live set of a rule test: `int1, int2@10.0.0.2:6002`, nothing for an empty set, or an array as in
 * `mq/integrations.json`. Left: what is wrong.
 */
export const parseSet = (text: string): E.Either<string, IntegrationSet> => {
  if (text.startsWith('[')) return parseIntegrations(text);
  const registrations: Registration[] = [];
  for (const each of text === '' ? [] : text.split(',')) {
    const [, name = '', at, host = '', port] = registration.exec(each.trim()) ?? [];
    if (name === '')
      return E.left(`"${each.trim().slice(0, 60)}" is not an integration such as int1 or int2@10.0.0.2:6002`);
    const address = { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
    const one = at === undefined ? { name } : { name, integration: address };
    // Invalid addresses are allowed in the file, but a mistake in a test.
    if (at !== undefined && !hasAddress(one)) return E.left(`${name} has an invalid address`);
    registrations.push(one);
  }
  return parseIntegrations(JSON.stringify(registrations));
};

interface Registration {
  readonly name: string;
  readonly integration?: { readonly host: string; readonly port: number };
}

const hasAddress = (one: Registration): boolean =>
  pipe(
    parseIntegrations(JSON.stringify([one])),
    E.exists((set) => set.get(one.name)?.address !== undefined),
  );

const registration = /^([^\s@]+)(@(.+):(\d{1,5}))?$/;
