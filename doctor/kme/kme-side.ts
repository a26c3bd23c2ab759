import { type ExchangeTls, HttpsExchange } from "../../client/exchange/index.ts";
import { knownError, type QkdError } from "../../errors/index.ts";
import { type Seen, seenAnswer, seenFault } from "./seen.ts";

/** Who asks which server. */
export interface SideOptions {
  readonly url: URL;
  readonly tls: ExchangeTls;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Question {
  readonly method: string;
  /** Behind `/api/v1/keys/`. */
  readonly path: string;
  /** A text goes out as it is. */
  readonly body?: unknown;
}

const MOST_ANSWER_BYTES = 16 * 1024 * 1024;

/** One caller of a key delivery server; whatever the server does, a question ends in time. */
export class KmeSide {
  readonly #exchange: HttpsExchange;
  readonly #base: string;
  readonly #options: SideOptions;
  /** Why the last question got no answer. */
  lastError: QkdError | null = null;

  constructor(options: SideOptions) {
    this.#options = options;
    this.#base = options.url.pathname.replace(/\/+$/, "");
    this.#exchange = new HttpsExchange(options.url, options.tls, 2);
  }

  /** Under `/api/v1/keys/`. Never rejects. */
  ask({ method, path, body }: Question): Promise<Seen> {
    return this.askAt(method, `/api/v1/keys/${path}`, body);
  }

  async askAt(method: string, path: string, body?: unknown): Promise<Seen> {
    const { timeoutMs, signal } = this.#options;
    const what = `${method} ${path.replace("/api/v1/keys/", "")}`;
    const begunMs = performance.now();
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    try {
      const answer = await this.#exchange.ask({
        method,
        path: this.#base + path,
        ...(text !== undefined && { body: text, headers: { "content-type": "application/json" } }),
        timeoutMs,
        mostAnswerBytes: MOST_ANSWER_BYTES,
        signal,
      });
      this.lastError = null;
      const seen = seenAnswer(what, answer, performance.now() - begunMs);
      answer.body.fill(0);
      return seen;
    } catch (cause) {
      this.lastError = knownError(cause);
      return seenFault(what, this.lastError.message, performance.now() - begunMs);
    }
  }

  close(): void {
    this.#exchange.close();
  }
}
