import type {
  EventView,
  Explanation,
  HistoryView,
  KpiView,
  LiveView,
  SiteView,
} from "../../controller/outlets/api/index.ts";
import { EMPTY_PAGE, type PageInput, type PageState, pageStep, STALE_MS } from "./page-state.ts";
import { ask, keepToken, takeToken } from "./session.ts";

const AGAIN_MS = 2000;
const QUARTERS_EVERY_MS = 20_000;
const QUARTERS_OF_A_DAY = 97;

/** Hears the site: everything once, then the stream; after a break the stream goes on where it was, or all is read anew. */
export class Feed {
  #state: PageState = EMPTY_PAGE;
  #token: string | null = takeToken();
  #stream: EventSource | null = null;
  #opening = false;
  readonly #changed: (state: PageState) => void;

  constructor(changed: (state: PageState) => void) {
    this.#changed = changed;
    void this.#open();
    setInterval(() => void this.#lookAtLedger(), QUARTERS_EVERY_MS);
    // Also where nothing comes, the page has to grow stale; and a stream that gave up begins anew.
    setInterval(() => this.#watch(), 1000);
  }

  /** True once a token is known: then the page offers to act. */
  get mayAct(): boolean {
    return this.#token !== null;
  }

  /** The site asked for the token, and here it is. */
  unlock(token: string): void {
    keepToken(token);
    this.#token = takeToken();
    void this.#open();
  }

  /** Does something; resolves with what went wrong, or null. */
  async act(path: string, body: object = {}): Promise<string | null> {
    try {
      const response = await ask(path, this.#token, body);
      if (response.ok) return null;
      const { message } = (await response.json()) as { readonly message?: string };
      return message ?? `refused with status ${response.status}`;
    } catch {
      return "the site does not answer";
    }
  }

  async #open(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    try {
      // The stream sends no header: it reads by a cookie.
      if (this.#token !== null) await ask("session", this.#token, {});
      if (!(await this.#readAll())) return;
      void this.#lookAtLedger();
      this.#listen();
    } catch {
      // The page says that it hears nothing; the next look tries again.
    } finally {
      this.#opening = false;
    }
  }

  async #readAll(): Promise<boolean> {
    const paths = ["site", "live", "history", "events"] as const;
    const answers = await Promise.all(paths.map((path) => ask(path, this.#token)));
    if (answers.some(({ status }) => status === 401)) {
      this.#take({ type: "locked" });
      return false;
    }
    // The page says that it hears nothing; the next look tries again.
    if (answers.some(({ ok }) => !ok)) return false;
    const [site, live, history, events] = (await Promise.all(answers.map((answer) => answer.json()))) as [
      SiteView,
      LiveView,
      HistoryView,
      readonly EventView[],
    ];
    const explained = site.explains ? await ask("explain", this.#token) : null;
    const explanation = explained?.ok === true ? ((await explained.json()) as Explanation) : null;
    this.#take({
      type: "all",
      nowMs: performance.now(),
      site,
      live,
      points: history.points,
      events,
      explanation,
    });
    return true;
  }

  #listen(): void {
    this.#stream?.close();
    const stream = new EventSource("/api/v1/stream");
    this.#stream = stream;
    const on = <T>(type: string, input: (data: T) => PageInput) =>
      stream.addEventListener(type, ({ data }) => this.#take(input(JSON.parse(data) as T)));
    on<LiveView>("live", (live) => ({ type: "live", nowMs: performance.now(), live }));
    on<EventView>("event", (event) => ({ type: "event", event }));
    on<Explanation>("explanation", (explanation) => ({ type: "explanation", explanation }));
    stream.addEventListener("resync", () => void this.#readAll().catch(() => {}));
  }

  async #lookAtLedger(): Promise<void> {
    try {
      const response = await ask(`kpi?bins=quarter&last=${QUARTERS_OF_A_DAY}`, this.#token);
      if (response.ok) this.#take({ type: "quarters", quarters: (await response.json()) as KpiView });
    } catch {
      // The next look tries again.
    }
  }

  #watch(): void {
    this.#changed(this.#state);
    const { heardMs, locked } = this.#state;
    const silentMs = heardMs === null ? Number.POSITIVE_INFINITY : performance.now() - heardMs;
    const gaveUp = this.#stream === null || this.#stream.readyState === EventSource.CLOSED;
    if (!locked && silentMs > STALE_MS && gaveUp)
      setTimeout(() => void this.#open(), Math.random() * AGAIN_MS);
  }

  #take(input: PageInput): void {
    this.#state = pageStep(this.#state, input);
    this.#changed(this.#state);
  }
}
