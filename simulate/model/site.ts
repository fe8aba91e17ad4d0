import * as E from 'fp-ts/lib/Either.js';
import { Observable } from 'rxjs';
import type { Config } from '../../lib/config/config.js';
import { layout } from '../../lib/config/layout.js';
import { defaultSettings, type Settings } from '../../lib/config/settings.js';
import type { FileContent } from '../../streams/sources/file-content.js';
import type { Agenda } from '../engine/agenda.js';

/** Where the unit's configuration directory is, in the simulation. */
export const files = layout('/unit');

export const username = 'cv1';

/** How late a change of a file is seen at the most, ms. */
export const seenWithinMs = 5;

interface Watcher {
  readonly file: string;
  readonly told: (content: FileContent) => void;
}

/** The files that cvmain keeps, and who watches them: the login, the registered integrations, the settings. */
export class Site {
  readonly #agenda: Agenda;
  readonly #content = new Map<string, string>();
  readonly #watchers = new Set<Watcher>();
  readonly #registered = new Map<string, number>();
  /** When each app was last taken off the set. */
  readonly #leftAt = new Map<string, number>();
  /** Since when no whole file has had it. */
  readonly #missingSince = new Map<string, number>();
  #written: Partial<Settings>;
  /** The configuration of the daemon that runs. */
  inUse: Config | undefined;
  readonly toExternal: boolean;
  /** The set's file is broken, or gone. */
  isSetBroken = false;
  /** Apps for which cvmain refused something. */
  readonly mayRefuse = new Set<string>();

  constructor(agenda: Agenda, settings: Partial<Settings>, toExternal: boolean) {
    this.#agenda = agenda;
    this.#written = settings;
    this.toExternal = toExternal;
    this.write(files.cvmain, JSON.stringify({ mq: { external_integrations: toExternal } }));
    this.change({});
    this.#writeSet();
  }

  /** Those of the daemon that runs. */
  get settings(): Settings {
    return this.inUse?.settings ?? { ...defaultSettings, ...this.#written };
  }

  /** Writes other settings. */
  change(settings: Partial<Settings>): void {
    this.#written = { ...this.#written, ...settings };
    this.write(files.settings, JSON.stringify(this.#written));
  }

  /** See `fileContent`. */
  content(file: string): Observable<FileContent> {
    return new Observable((subscriber) => {
      const watcher = { file, told: (content: FileContent) => subscriber.next(content) };
      this.#watchers.add(watcher);
      subscriber.next(this.#read(file));
      return () => this.#watchers.delete(watcher);
    });
  }

  /** A process is gone, and with it its watches. */
  forgetWatchers(): void {
    this.#watchers.clear();
  }

  write(file: string, text: string | undefined): void {
    if (text === undefined) this.#content.delete(file);
    else this.#content.set(file, text);
    if (this.#watchers.size === 0) return;
    this.#agenda.in(seenWithinMs / 2, () => {
      for (const watcher of [...this.#watchers]) if (watcher.file === file) watcher.told(this.#read(file));
    });
  }

  logIn(address: string, token: string): void {
    this.write(files.credentials, JSON.stringify({ server_uri: address, username, password: token }));
  }

  register(app: string): void {
    if (this.#registered.has(app)) return;
    this.#registered.set(app, this.#agenda.now);
    this.#writeSet();
  }

  unregister(app: string): void {
    if (!this.#registered.delete(app)) return;
    this.#left(app);
    this.#writeSet();
  }

  /** The file of the set is half-written, or gone; until {@link mendSet}. */
  breakSet(how: 'broken' | 'gone'): void {
    const wasGone = this.#content.get(files.integrations) === undefined;
    this.isSetBroken = true;
    if (how === 'gone' && !wasGone) for (const app of this.#registered.keys()) this.#left(app);
    this.write(files.integrations, how === 'gone' ? undefined : '[{"name":"int');
  }

  mendSet(): void {
    this.#writeSet();
  }

  /** Since when it is registered, and the file that says so is whole; undefined when it is not registered. */
  registeredSince(app: string): number | undefined {
    return this.#registered.get(app);
  }

  /** Since when no whole file has had it, as far as somebody who watches can see; undefined where one has. */
  missingSince(app: string): number | undefined {
    return this.#missingSince.get(app);
  }

  /** Whether it is registered, or was so within the last `ms`. */
  wasRegistered(app: string, ms: number): boolean {
    return (
      this.#registered.has(app) ||
      this.#agenda.now - (this.#leftAt.get(app) ?? Number.NEGATIVE_INFINITY) <= ms
    );
  }

  #left(app: string): void {
    this.#leftAt.set(app, this.#agenda.now);
    if (!this.#missingSince.has(app)) this.#missingSince.set(app, this.#agenda.now);
  }

  #read(file: string): FileContent {
    const text = this.#content.get(file);
    return text === undefined ? E.left({ reason: 'absent' }) : E.right(text);
  }

  #writeSet(): void {
    if (this.isSetBroken)
      for (const app of this.#registered.keys()) this.#registered.set(app, this.#agenda.now);
    this.isSetBroken = false;
    const set = [...this.#registered.keys()].map((name) => ({
      name,
      integration: { host: '127.0.0.1', port: 6000 },
    }));
    this.write(files.integrations, JSON.stringify(set));
    this.#agenda.in(seenWithinMs / 2, () => {
      if (!this.isSetBroken) for (const app of this.#registered.keys()) this.#missingSince.delete(app);
    });
  }
}

/** A token of the unit, as a broker and cvmain know it; its signature is its number. */
export const tokenOf = (number: number): string => `${header}.${claims}.${number}`;

const base64 = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64url');
const header = base64({ alg: 'none' });
const claims = base64({ acl: { sub: [`s2u/${username}/#`] } });
