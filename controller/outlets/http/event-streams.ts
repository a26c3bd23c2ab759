import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Observable, Subscription } from "rxjs";
import type { FeedMessage } from "../watch/site-watch.ts";
import { MessageRing } from "./message-ring.ts";

/** Streams open at once. */
const MOST_STREAMS = 32;
/** What may wait for a reader that does not read; then it loses its stream, and resumes when it reads again. */
const MOST_WAITING_BYTES = 1024 * 1024;
const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // Proxies would hold events back.
  "x-accel-buffering": "no",
};

/** Sends the feed to those who listen (Server-Sent Events, HTML Living Standard 9.2). */
export class EventStreams {
  readonly #ring = new MessageRing(randomBytes(6).toString("hex"));
  readonly #open = new Set<ServerResponse>();
  readonly #subscription: Subscription;
  #lost = 0;

  constructor(feed$: Observable<FeedMessage>) {
    this.#subscription = feed$.subscribe(({ type, data }) => {
      const { text } = this.#ring.add(type, data);
      for (const response of this.#open) this.#send(response, text);
    });
  }

  /** How many are open, and how many were ended because nobody read them. */
  get counts(): { readonly open: number; readonly lost: number } {
    return { open: this.#open.size, lost: this.#lost };
  }

  get full(): boolean {
    return this.#open.size >= MOST_STREAMS;
  }

  /** Begins a stream after the message with this ID; `headers` go with those of a stream. */
  begin(
    response: ServerResponse,
    lastId: string | undefined,
    headers: Readonly<Record<string, string>>,
  ): void {
    response.writeHead(200, { ...headers, ...HEADERS });
    this.#open.add(response);
    const leave = () => void this.#open.delete(response);
    response.once("close", leave);
    response.once("error", leave);
    const missed = lastId === undefined ? "" : this.#ring.after(lastId);
    this.#send(response, `retry: 1000\n\n${missed ?? "event: resync\ndata: {}\n\n"}`);
  }

  /** Ends the streams of those who may not look any more. */
  judge(mayLook: (request: IncomingMessage) => boolean): void {
    for (const response of this.#open)
      if (!mayLook(response.req)) {
        this.#open.delete(response);
        response.destroy();
      }
  }

  /** Ends all streams. */
  close(): void {
    this.#subscription.unsubscribe();
    for (const response of this.#open) response.end();
  }

  #send(response: ServerResponse, text: string): void {
    if (response.writableLength > MOST_WAITING_BYTES) {
      this.#lost += 1;
      this.#open.delete(response);
      response.destroy();
    } else response.write(text);
  }
}
