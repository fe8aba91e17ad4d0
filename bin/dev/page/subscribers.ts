import type { ServerResponse } from 'node:http';

/** How long events are collected before they are written, ms. */
const collectMs = 50;

/** Most events in one write to a page. */
const mostAtOnce = 500;

/** What may wait for a page that reads too slowly, bytes; more than a whole history. */
const mostUnread = 16 * 1024 * 1024;

/** Most pages at once: browsers open 6 connections to a site, for all of its windows, and a form needs one, too. */
const mostPages = 5;

/**
 * The pages that are open, each a stream of server-sent events: `hello`, which empties the page, then arrays of events. A
 * page that does not read is cut off; its browser connects again, and starts with the history.
 */
export class Subscribers {
  readonly #open = new Set<ServerResponse>();
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Adds a page, which first gets the lines of the history: those of all events that were published. One too many gets `full`. */
  add(response: ServerResponse, hello: object, history: readonly string[]): void {
    this.#flush();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (this.#open.size >= mostPages) {
      response.end('event: full\ndata\n\n');
      return;
    }
    response.write(`event: hello\ndata: ${JSON.stringify(hello)}\n\n`);
    for (const chunk of chunksOf(history)) response.write(chunk);
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  /** Sends the line of an event to all pages, soon. */
  publish(line: string): void {
    if (this.#open.size === 0) return;
    this.#lines.push(line);
    if (this.#lines.length >= mostAtOnce) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), collectMs);
  }

  /** Ends all streams. */
  close(): void {
    clearTimeout(this.#timer);
    for (const response of this.#open) response.destroy();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = [];
    for (const chunk of chunksOf(lines)) {
      for (const response of this.#open) {
        response.write(chunk);
        if (response.writableLength > mostUnread) response.destroy();
      }
    }
  }
}

const chunksOf = (lines: readonly string[]): readonly string[] =>
  Array.from({ length: Math.ceil(lines.length / mostAtOnce) }, (_, at) => {
    const some = lines.slice(at * mostAtOnce, (at + 1) * mostAtOnce);
    return `data: [${some.join(',')}]\n\n`;
  });
