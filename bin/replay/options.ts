import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Selection } from '../../lib/capture/select.js';
import type { Moment } from '../../lib/capture/skip.js';
import { parseSpeed, type Speed } from '../../lib/capture/speed.js';
import { isTopicFilter, topicFilter } from '../../lib/rules/message/topic-filter.js';
import { parseDuration } from '../../lib/util/duration.js';
import { parseCommandLine } from '../command.js';
import { replayOptions } from './usage.js';

/** Where the messages go. */
export type Target =
  | { readonly kind: 'dry-run' }
  | { readonly kind: 'cvmain'; readonly directory: string }
  | { readonly kind: 'broker'; readonly url: string; readonly username?: string };

/** The parsed options of `cvmqtt replay`. */
export interface Options {
  readonly files: readonly string[];
  readonly target: Target;
  readonly speed: Speed;
  readonly selection: Selection;
  /** Of a packet capture: a client id or an address. */
  readonly client?: string;
  readonly loops: number;
  readonly configDirectory?: string;
  readonly integrationsFile?: string;
  readonly settingsFile?: string;
  readonly outagesFile?: string;
  readonly report?: { readonly file: string; readonly kind: 'html' | 'svg' };
  readonly lines: 'text' | 'json' | 'none';
  readonly strict: boolean;
  /** A second run, to compare with: of this capture, with these settings. */
  readonly against?: { readonly file?: string; readonly settingsFile?: string };
}

/** Parses the options of `cvmqtt replay`. Left: what is wrong, in one line. */
export const parseOptions = (args: readonly string[]): E.Either<string, Options> =>
  pipe(
    E.Do,
    E.bind('line', () => parseCommandLine(args, replayOptions)),
    E.bind('files', ({ line }) => filesOf(line.positionals, line.values.against)),
    E.bind('target', ({ line }) => targetOf(line.values)),
    E.bind('speed', ({ line }) => parseSpeed(line.values.speed)),
    E.bind('from', ({ line }) => momentOf(line.values.from)),
    E.bind('to', ({ line }) => momentOf(line.values.to)),
    E.bind('filter', ({ line }) => filterOf(line.values.filter)),
    E.bind('loops', ({ line, files }) => loopsOf(line.values.loop, files)),
    E.bind('report', ({ line }) => reportOf(line.values.report)),
    E.chain(({ line: { values }, files, target, speed, from, to, filter, loops, report }) => {
      if (target.kind === 'broker' && (report !== undefined || values.integrations || values.settings)) {
        return E.left("--to-broker applies no rules: it can't be combined with rules or a report");
      }
      if (target.kind !== 'dry-run' && values.outages !== undefined) {
        return E.left('--outages is for a dry run: else cvmain itself answers, or is not asked');
      }
      if (from !== undefined && to !== undefined && isBehind(from, to)) {
        return E.left('--from must be before --to');
      }
      if (target.kind === 'cvmain' && values['config-dir'] !== undefined) {
        return E.left("--config-dir can't be combined with --to-cvmain, which names the directory");
      }
      const against = againstOf(values);
      if (against !== undefined && target.kind !== 'dry-run') return E.left('--against needs a dry run');
      return E.right({
        files,
        target,
        speed,
        loops,
        selection: {
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
          ...(filter === undefined ? {} : { filter }),
        },
        ...(values.client === undefined ? {} : { client: values.client }),
        ...(values['config-dir'] === undefined ? {} : { configDirectory: values['config-dir'] }),
        ...(values.integrations === undefined ? {} : { integrationsFile: values.integrations }),
        ...(values.settings === undefined ? {} : { settingsFile: values.settings }),
        ...(values.outages === undefined ? {} : { outagesFile: values.outages }),
        ...(report === undefined ? {} : { report }),
        ...(against === undefined ? {} : { against }),
        lines: values.quiet ? 'none' : values.json ? 'json' : 'text',
        strict: values.strict,
      } satisfies Options);
    }),
  );

const againstOf = (values: {
  readonly against?: string;
  readonly 'against-settings'?: string;
}): Options['against'] => {
  const { against: file, 'against-settings': settingsFile } = values;
  return file === undefined && settingsFile === undefined
    ? undefined
    : { ...(file === undefined ? {} : { file }), ...(settingsFile === undefined ? {} : { settingsFile }) };
};

const filesOf = (
  positionals: readonly string[],
  against: string | undefined,
): E.Either<string, readonly string[]> => {
  if (positionals.length === 0) return E.left('give a capture');
  return [...positionals, against].filter((file) => file === '-').length > 1
    ? E.left('stdin can be read only once')
    : E.right(positionals);
};

const targetOf = (values: {
  readonly 'dry-run': boolean;
  readonly 'to-cvmain'?: string;
  readonly 'to-broker'?: string;
  readonly username?: string;
}): E.Either<string, Target> => {
  const { 'to-cvmain': directory, 'to-broker': url, username } = values;
  const targets = [values['dry-run'], directory !== undefined, url !== undefined].filter(Boolean);
  if (targets.length > 1) return E.left('give one of --dry-run, --to-cvmain and --to-broker');
  if (directory !== undefined) return E.right({ kind: 'cvmain', directory });
  if (url === undefined) return E.right({ kind: 'dry-run' });
  return E.right({ kind: 'broker', url, ...(username === undefined ? {} : { username }) });
};

const momentOf = (text: string | undefined): E.Either<string, Moment | undefined> => {
  if (text === undefined) return E.right(undefined);
  const wallMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(wallMs)
    ? E.right({ wallMs })
    : pipe(
        parseDuration(text),
        E.bimap(
          (detail) => `${detail}, nor a time such as 2026-01-31T06:00:00Z`,
          (offsetMs) => ({ offsetMs }),
        ),
      );
};

/** Whether `from` is at or after `to`. A date and a time since the start can't be compared before the capture is read. */
const isBehind = (from: Moment, to: Moment): boolean =>
  'offsetMs' in from
    ? 'offsetMs' in to && from.offsetMs >= to.offsetMs
    : 'wallMs' in to && from.wallMs >= to.wallMs;

const filterOf = (text: string | undefined) => {
  if (text === undefined) return E.right(undefined);
  return isTopicFilter(text) ? E.right(topicFilter(text)) : E.left('--filter is not a valid topic filter');
};

const loopsOf = (text: string, files: readonly string[]): E.Either<string, number> => {
  const loops = Number(text);
  if (!Number.isInteger(loops) || loops < 1) return E.left('--loop must be a whole number from 1 on');
  return loops > 1 && files.includes('-') ? E.left("stdin can't be read twice: no --loop") : E.right(loops);
};

const reportOf = (file: string | undefined): E.Either<string, Options['report']> => {
  if (file === undefined) return E.right(undefined);
  const kind = file.endsWith('.html') ? 'html' : file.endsWith('.svg') ? 'svg' : undefined;
  return kind === undefined ? E.left('--report must end in .html or .svg') : E.right({ file, kind });
};
