import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { lineReader } from '../../lib/capture/ndjson.js';
import { type Outage, parseOutages } from '../../lib/capture/outages.js';
import type { CapturedSet } from '../../lib/capture/record.js';
import type { Config } from '../../lib/config/config.js';
import { problemLine } from '../../lib/config/problem.js';
import { defaultSettings, parseSettings, type Settings } from '../../lib/config/settings.js';
import { readUnit } from '../../lib/config/unit.js';
import { type IntegrationSet, parseIntegrations } from '../../lib/rules/routing/integrations.js';
import { readGiven } from '../../lib/storage/read-given.js';
import type { Options } from './options.js';
import { recordedCalls } from './recorded-calls.js';

/** The rules of a replay, as far as they are known before the capture is read. */
export interface ReplayRules {
  /** Present if a configuration directory was given. */
  readonly config?: Config;
  readonly settings: Settings;
  readonly cvmain: Pick<Config['cvmain'], 'viaNotifier' | 'toExternal'>;
  /** The topic filters of the session; absent without a login. */
  readonly filters?: readonly string[];
  /** The daemon's client id; absent without a login. */
  readonly clientId?: string;
  /** The live set at the start, if known. */
  readonly integrations?: IntegrationSet;
  /** Changes of the live set; they replace those in the capture. */
  readonly timeline?: readonly CapturedSet[];
  /** When cvmain was away; they replace what the capture says. */
  readonly outages?: readonly Outage[];
  /** How many calls cvmain refused or failed, if flight recorders say it. */
  readonly badCalls?: number;
}

const defaults: ReplayRules = { settings: defaultSettings, cvmain: { viaNotifier: true, toExternal: false } };

/** Reads the rules from the files that the options name. Left: what is wrong with them, in one line. */
export const readRules = async (options: Options): Promise<E.Either<string, ReplayRules>> => {
  const directory = options.target.kind === 'cvmain' ? options.target.directory : options.configDirectory;
  const ofDirectory = directory === undefined ? E.right(defaults) : await readDirectory(resolve(directory));
  if (E.isLeft(ofDirectory)) return ofDirectory;
  const settings =
    options.settingsFile === undefined
      ? E.right(ofDirectory.right.settings)
      : readAs(options.settingsFile, parseSettings);
  if (E.isLeft(settings)) return settings;
  const sets = options.integrationsFile === undefined ? E.right({}) : readSets(options.integrationsFile);
  if (E.isLeft(sets)) return sets;
  const outages =
    options.outagesFile === undefined
      ? E.right(await ofRecorders(options))
      : pipe(
          readAs(options.outagesFile, parseOutages),
          E.map((found) => ({ outages: found })),
        );
  if (E.isLeft(outages)) return outages;
  return E.right({ ...ofDirectory.right, settings: settings.right, ...sets.right, ...outages.right });
};

/** What flight recorders say of calls. */
const ofRecorders = async (options: Options): Promise<Pick<ReplayRules, 'outages' | 'badCalls'>> => {
  const calls = options.target.kind === 'dry-run' ? await recordedCalls(options) : undefined;
  if (calls === undefined) return {};
  const { outages, bad: badCalls } = calls;
  return outages.length === 0 ? { badCalls } : { badCalls, outages };
};

const readDirectory = async (root: string): Promise<E.Either<string, ReplayRules>> =>
  pipe(
    await readUnit(root),
    E.bimap(problemLine, ({ config, filters, clientId, integrations }) => ({
      settings: config.settings,
      cvmain: config.cvmain,
      config,
      integrations,
      ...(filters === undefined ? {} : { filters }),
      ...(clientId === undefined ? {} : { clientId }),
    })),
  );

/** Reads one set for the whole run (a file like mq/integrations.json), or a timeline (lines as in a capture). */
const readSets = (file: string): E.Either<string, Pick<ReplayRules, 'integrations' | 'timeline'>> => {
  const text = readAs(file, E.right);
  if (E.isLeft(text)) return text;
  if (text.right.trimStart().startsWith('[')) {
    return pipe(
      parseIntegrations(text.right),
      E.bimap(
        (detail) => `${file}: ${detail}`,
        (integrations) => ({ integrations, timeline: [] }),
      ),
    );
  }
  const timeline: CapturedSet[] = [];
  const recordOf = lineReader();
  for (const line of text.right.split('\n')) {
    const record = recordOf(line);
    if (record?.kind === 'broken') return E.left(`${file}, line ${record.line}: ${record.detail}`);
    if (record?.kind === 'set') timeline.push(record);
  }
  return timeline.length === 0
    ? E.left(`${file}: neither an array of registrations nor lines with "integrations"`)
    : E.right({ timeline });
};

const readAs = <A>(file: string, parse: (text: string) => E.Either<string, A>): E.Either<string, A> =>
  pipe(
    readGiven(file),
    E.mapLeft((failure) => (failure.reason === 'absent' ? 'does not exist' : failure.detail)),
    E.chain(parse),
    E.mapLeft((detail) => `${file}: ${detail}`),
  );
