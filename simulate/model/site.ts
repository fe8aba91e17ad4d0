import * as E from 'fp-ts/lib/Either.js';
import { Observable } from 'rxjs';
import type { Config } from '../../lib/config/config.js';
import { layout } from '../../lib/config/layout.js';
import { defaultSettings, type Settings } from '../../lib/config/settings.js';
import type { FileContent } from '../../streams/sources/file-content.js';
import type { Agenda } from '../engine/agenda.js';

/** The unit's configuration directory in the simulation. */
export const files = layout('/unit');

const username = 'cv1';

/** Longest delay until a change of a file is seen, ms. */
const seenWithinMs = 5;

interface Watcher {
  readonly file: string;
  readonly changed: (content: FileContent) => void;
}

/** The files that the daemon watches: login, registered integrations, settings. */
export class Site {
  readonly #agenda: Agenda;
  readonly #content = new Map<string, string>();
  readonly #watchers = new Set<Watcher>();
  readonly #registered = new Map<string, number>();
  /** When each app was last unregistered, ms. */
  readonly #leftAt = new Map<string, number>();
  /** Since when no valid file has listed the app, ms. */
  readonly #missingSince = new Map<string, number>();
  #written: Partial<Settings>;
  /** The configuration of the running daemon. */
  inUse: Config | undefined;
  readonly toExternal: boolean;
  /** The file of registered integrations is broken or gone. */
  isSetBroken = false;
  /** Apps whose calls cvmain may refuse. */
  readonly mayRefuse = new Set<string>();

  constructor(agenda: Agenda, settings: Partial<Settings>, toExternal: boolean) {
    this.#agenda = agenda;
    this.#written = settings;
    this.toExternal = toExternal;
    this.write(files.cvmain, JSON.stringify({ mq: { external_integrations: toExternal } }));
    this.change({});
    this.#writeSet();
  }

  /** Settings of the running daemon. */
  get settings(): Settings {
    return this.inUse?.settings ?? this.written;
  }

  /** Settings as they are written; the daemon uses them soon. */
  get written(): Settings {
    return { ...defaultSettings, ...this.#written };
  }

  /** Writes changed settings. */
  change(settings: Partial<Settings>): void {
    this.#written = { ...this.#written, ...settings };
    this.write(files.settings, JSON.stringify(this.#written));
  }

  /** See `fileContent`. */
  content(file: string): Observable<FileContent> {
    return new Observable((subscriber) => {
      const watcher = { file, changed: (content: FileContent) => subscriber.next(content) };
      this.#watchers.add(watcher);
      subscriber.next(this.#read(file));
      return () => this.#watchers.delete(watcher);
    });
  }

  /** A process is gone: removes its watchers. */
  forgetWatchers(): void {
    this.#watchers.clear();
  }

  write(file: string, text: string | undefined): void {
    if (text === undefined) this.#content.delete(file);
    else this.#content.set(file, text);
    if (this.#watchers.size === 0) return;
    this.#agenda.in(seenWithinMs / 2, () => {
      for (const watcher of [...this.#watchers]) if (watcher.file === file) watcher.changed(this.#read(file));
    });
  }

  logIn(address: string, token: string): void {
    this.write(files.credentials, JSON.stringify({ server_uri: address, username, password: token }));
  }

  register(app: string): void {
    if (this.#registered.has(app)) return;
    // Missing from the start, until a watcher can see it.
    if (!this.#leftAt.has(app)) this.#missingSince.set(app, 0);
    this.#registered.set(app, this.#agenda.now);
    this.#writeSet();
  }

  unregister(app: string): void {
    if (!this.#registered.delete(app)) return;
    this.#left(app);
    this.#writeSet();
  }

  /** Truncates or removes the file of registered integrations, until {@link mendSet}. */
  breakSet(how: 'broken' | 'gone'): void {
    const wasGone = this.#content.get(files.integrations) === undefined;
    this.isSetBroken = true;
    if (how === 'gone' && !wasGone) for (const app of this.#registered.keys()) this.#left(app);
    this.write(files.integrations, how === 'gone' ? undefined : '[{"name":"int');
  }

  mendSet(): void {
    this.#writeSet();
  }

  /** Since when the app is registered in a valid file, ms; undefined when it is not. */
  registeredSince(app: string): number | undefined {
    return this.#registered.get(app);
  }

  /** Since when no valid file that a watcher could see has listed the app, ms; undefined if one does. */
  missingSince(app: string): number | undefined {
    return this.#missingSince.get(app);
  }

  /** True if the app is registered, or was within the last `ms`. */
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

/** The unit's token with this number, which is its signature. */
export const tokenOf = (number: number): string => `${header}.${claims}.${number}`;

const base64 = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64url');
const header = base64({ alg: 'none' });
const claims = base64({ acl: { sub: [`s2u/${username}/#`] } });
