import { BehaviorSubject, type Observable, type Subscription } from "rxjs";
import { ConfigError, knownError, type QkdError } from "../../../errors/index.ts";
import { checkOptions } from "../../../options/index.ts";
import { PARAMETERS } from "../../../protocol/index.ts";
import type { Explanation, ExplanationWait } from "../api/index.ts";
import { keepBaseline, learntBaselineOf } from "../kept/baseline-file.ts";
import { DiagnosisThread } from "./diagnosis-thread.ts";
import { EXPLAINING_RULES, type ExplainingOptions } from "./explaining-options.ts";
import { type KnownBaseline, knownBaseline } from "./known-baseline.ts";
import { type Learning, learningStep, learntBaseline, NOTHING_LEARNT } from "./learning.ts";
import { type SeenLook, SiteLook } from "./site-look.ts";
import { dark, learning, looking, waitingExplanation } from "./waiting.ts";

/** A site that explains itself. */
export interface SiteExplainer {
  /** What the last look showed, or why there is nothing yet; replays the last. */
  readonly explanation$: Observable<Explanation>;
  /** Idempotent. */
  close(): Promise<void>;
}

const LOOK_S = 30;
const LEARN_S = 3600;
/** Slices of a look that unrest is read off from. */
const SLICES = 20;

/**
 * Looks at what a running site sees of its link anyway and says each half minute what may be wrong with it. It adds numbers
 * of frames up, reads no plane, sets nothing, and reckons in a thread of its own. Rejects with ConfigError for impossible
 * options; a baseline that cannot be used is told, and nothing is explained.
 */
export async function explainSite(options: ExplainingOptions): Promise<SiteExplainer> {
  checkOptions("the options of explainSite", options, EXPLAINING_RULES);
  try {
    return new RunningExplainer(options, await knownBaseline(options));
  } catch (cause) {
    const error = knownError(cause);
    options.failed(error);
    return refusing(error);
  }
}

/** What is served where there will be no explanation before the file is corrected. */
function refusing({ message, remedy }: QkdError): SiteExplainer {
  const wait: ExplanationWait = { state: "failed", sentence: message, remedy, readyInS: null };
  const explanation$ = new BehaviorSubject(waitingExplanation(Date.now(), wait));
  return { explanation$, close: async () => explanation$.complete() };
}

class RunningExplainer implements SiteExplainer {
  readonly explanation$: BehaviorSubject<Explanation>;
  readonly #options: ExplainingOptions;
  readonly #lookS: number;
  readonly #learnS: number;
  readonly #seen: SiteLook;
  readonly #thread = new DiagnosisThread();
  #subscriptions: readonly Subscription[];
  readonly #timers: readonly NodeJS.Timeout[];
  #baseline: KnownBaseline | null;
  #learning: Learning = NOTHING_LEARNT;
  #up = true;
  #level = "up";
  #told = false;
  #closed = false;

  constructor(options: ExplainingOptions, baseline: KnownBaseline | null) {
    const { site, transceiver, lookS = LOOK_S, learnS = LEARN_S } = options;
    const { clockHz, role } = transceiver.identity;
    this.#options = options;
    this.#baseline = baseline;
    this.#lookS = lookS;
    this.#learnS = learnS;
    this.#seen = new SiteLook(clockHz, role);
    this.explanation$ = new BehaviorSubject(
      waitingExplanation(Date.now(), baseline === null ? learning(learnS) : looking(lookS)),
    );
    this.#subscriptions = [
      // What the controller hears of an error that ends the frames is enough.
      transceiver.rawKeys$.subscribe({ next: (frame) => this.#seen.frame(frame), error: () => {} }),
      site.blocks$.subscribe((report) => this.#seen.block(report)),
      site.progress$.subscribe((progress) => this.#seen.progress(progress)),
      site.state$.subscribe(({ level }) => {
        this.#level = level;
        if (level !== "up") this.#up = false;
      }),
    ];
    const updates = transceiver.telemetry?.updates$.subscribe((update) => {
      if (update.type === "reading") this.#seen.registers(update.values);
    });
    if (updates !== undefined) this.#subscriptions = [...this.#subscriptions, updates];
    this.#timers = [
      setInterval(() => this.#seen.slice(), (1000 * lookS) / SLICES),
      setInterval(() => void this.#look(), 1000 * lookS),
    ];
    void this.#readBias();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await this.#thread.close();
    this.explanation$.complete();
  }

  async #look(): Promise<void> {
    const atS = performance.now() / 1000;
    const seen = this.#seen.take(atS);
    const up = this.#up;
    this.#up = this.#level === "up";
    void this.#readBias();
    try {
      if (this.#baseline === null) await this.#learn(seen, atS, up);
      else await this.#explain(seen, this.#baseline);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  async #learn(seen: SeenLook, atS: number, up: boolean): Promise<void> {
    this.#learning = learningStep(this.#learning, { seen, atS, lookS: this.#lookS, up });
    const leftS = this.#learnS - this.#learning.learntS;
    if (leftS > 0) {
      this.#tell(waitingExplanation(Date.now(), learning(leftS)));
      return;
    }
    const { store, transceiver, distillation } = this.#options;
    const { role, serial, clockHz, linkId } = transceiver.identity;
    const { intensities, deadGates } = distillation.link;
    const learnt = this.#learning;
    this.#learning = NOTHING_LEARNT;
    const baseline = learntBaseline(learnt, { clockHz, intensities, deadGates });
    const serials = { alice: "", bob: "", [role === "qtx" ? "alice" : "bob"]: serial };
    const file = { linkId, serials, clockHz, baseline, learntUtc: new Date().toISOString() };
    const path = learntBaselineOf(store);
    this.#baseline = { file, path, from: "runningLink" };
    this.#tell(waitingExplanation(Date.now(), looking(this.#lookS)));
    await keepBaseline(path, file).catch((cause: NodeJS.ErrnoException) => {
      throw new ConfigError(
        "QKD_OUTPUT_WRITE",
        `what was learnt of the link cannot be kept on disk (${cause.code ?? "unknown reason"}); it counts until this site ends`,
        { cause, remedy: "free space where store.path lies, or let this user write there", retryable: true },
      );
    });
  }

  async #explain(seen: SeenLook, { file, path, from }: KnownBaseline): Promise<void> {
    const { look, reports, frames } = seen;
    if (Object.keys(look).length === 0) {
      this.#tell(waitingExplanation(Date.now(), dark(this.#lookS)));
      return;
    }
    // A machine that takes longer than a look to reckon leaves looks out.
    if (this.#thread.busy) return;
    const answer = await this.#thread.ask({ baseline: file.baseline, look, reports });
    const { learntUtc } = file;
    this.#told = false;
    this.#tell({
      ...answer,
      atMs: Date.now(),
      frames,
      baseline: { path, learntUtc, from },
      waiting: null,
    });
  }

  #tell(explanation: Explanation): void {
    if (!this.#closed) this.explanation$.next(explanation);
  }

  /** The same trouble with each look is told once. */
  #fail(cause: unknown): void {
    if (this.#closed || this.#told) return;
    this.#told = true;
    this.#options.failed(knownError(cause));
  }

  async #readBias(): Promise<void> {
    const { transceiver } = this.#options;
    if (transceiver.identity.role !== "qrx") return;
    const value = await transceiver.getParameter(PARAMETERS.detectorBiasV.id).catch(() => null);
    this.#seen.biasSet(typeof value === "number" ? value : null);
  }
}
