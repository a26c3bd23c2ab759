import { type Observable, Subject, type Subscription } from "rxjs";
import type { TransceiverHealth } from "../../../drivers/index.ts";
import type { SiteCondition } from "../../link/link-watch.ts";
import type { PeerState } from "../../peer/peer-channel.ts";
import type { BlockReport } from "../../sources/distillation/index.ts";
import { steadyMs } from "../../steady-time.ts";
import type {
  BlockView,
  DeliveryView,
  EventView,
  Explanation,
  HealthView,
  HistoryView,
  KpiView,
  LinkAction,
  LiveView,
  SiteView,
} from "../api/index.ts";
import { AlarmFile, alarmFileOf } from "../kept/alarm-file.ts";
import { KpiFile, kpiFileOf } from "../kept/kpi-file.ts";
import type { BinLength } from "../kpi/kpi-ledger.ts";
import type { BlockOfSecond, Second } from "../kpi/second.ts";
import { type AlarmChange, AlarmDesk } from "./alarm-desk.ts";
import { addEvent, type EventList, NO_EVENTS } from "./event-list.ts";
import { eventWords, reasonWords } from "./event-words.ts";
import { HalfHour } from "./half-hour.ts";
import { flowStep, isStarved, type KeyFlow, lastBlockAtMs, madeBps, newFlow } from "./key-flow.ts";
import { KpiDesk } from "./kpi-desk.ts";
import { quantityViews, unitReadings } from "./live-readings.ts";
import { type LossReading, LossScale } from "./loss-reading.ts";
import { RecentUse } from "./recent-use.ts";
import { siteViewOf } from "./site-view-of.ts";
import { StockReading } from "./stock-reading.ts";
import type { WatchOptions } from "./watch-options.ts";

/** What the watch sends on: what moves, once a second and at once where something happens; and each event. */
export type FeedMessage =
  | { readonly type: "live"; readonly data: LiveView }
  | { readonly type: "event"; readonly data: EventView }
  | { readonly type: "explanation"; readonly data: Explanation };

const TICK_MS = 1000;
/** Seconds that a late tick makes up for; a longer gap was not watched. */
const MOST_LATE_S = 5;
/** How long after something happens the next picture is sent. */
const SOON_MS = 100;
/** Frames come some times a second; a link that gives none for so many seconds is silent. */
const SILENT_S = 3;
/** Share of the limit that the stock must exceed it by before it counts as filled again. */
const LOW_HYSTERESIS = 1.25;

/** Watches one site for those who look at it: alarms, key figures, readings, events. It never touches the link. */
export class SiteWatch {
  readonly site: SiteView;
  readonly feed$: Observable<FeedMessage>;
  /** What alarms do from now on; what is present already stands in `live`. */
  readonly alarmChanges$: Observable<AlarmChange>;
  readonly #feed = new Subject<FeedMessage>();
  readonly #options: WatchOptions;
  readonly #alarms: AlarmDesk;
  readonly #kpi: KpiDesk;
  readonly #loss: LossScale;
  readonly #use = new RecentUse();
  readonly #stock: StockReading;
  readonly #history = new HalfHour();
  readonly #subscriptions: Subscription[] = [];
  readonly #timer: NodeJS.Timeout;
  #soon: NodeJS.Timeout | null = null;
  #events: EventList = NO_EVENTS;
  #health: TransceiverHealth | null = null;
  #condition: SiteCondition = { level: "up", reason: null, fallback: { engaged: false, reason: null } };
  #conditionSinceMs: number;
  #fallbackSinceMs: number | null = null;
  #peer: HealthView["peer"];
  #connection = "connecting";
  #flow: KeyFlow;
  #lossReading: (LossReading & { readonly atMs: number }) | null = null;
  #lastBlock: BlockView | null = null;
  #lastKeyAtMs: number | null = null;
  #explanation: Explanation | null = null;
  #blocks: BlockOfSecond[] = [];
  #lastFrameMs = steadyMs();
  #framesLost = 0;
  #tickedMs = steadyMs();
  #low = false;
  #aborting = false;

  private constructor(
    options: WatchOptions,
    site: SiteView,
    alarms: AlarmDesk,
    changes: Subject<AlarmChange>,
    kpi: KpiDesk,
  ) {
    this.#options = options;
    this.site = site;
    this.#alarms = alarms;
    this.alarmChanges$ = changes.asObservable();
    this.#kpi = kpi;
    this.#loss = new LossScale(options.distillation.link);
    this.#stock = new StockReading(options.site.pool, options.failed);
    this.feed$ = this.#feed.asObservable();
    this.#conditionSinceMs = site.startedAtMs;
    this.#peer = { state: "connecting", sinceMs: site.startedAtMs };
    this.#flow = newFlow(steadyMs(), 1000 * Math.min(site.built.blockS, 3600));
    this.#framesLost = this.#lostSoFar();
    this.#listen();
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
  }

  /** Reads what is kept of earlier runs and begins to look. Rejects with ConfigError for a link without a steady state. */
  static async begin(options: WatchOptions, actions: readonly LinkAction[] = []): Promise<SiteWatch> {
    const nowMs = Date.now();
    const site = siteViewOf(options, nowMs, actions);
    const [alarmFile, kpiFile] = [
      new AlarmFile(alarmFileOf(options.store)),
      new KpiFile(kpiFileOf(options.store)),
    ];
    const [memory, ledger] = await Promise.all([alarmFile.read(nowMs), kpiFile.read()]);
    const changes = new Subject<AlarmChange>();
    const alarms = new AlarmDesk(site.unit.role, alarmFile, memory, (change) => changes.next(change));
    return new SiteWatch(options, site, alarms, changes, new KpiDesk(kpiFile, ledger, options.failed));
  }

  get events(): readonly EventView[] {
    return this.#events.events;
  }

  get history(): HistoryView {
    return this.#history.view;
  }

  get explanation(): Explanation | null {
    return this.#explanation;
  }

  kpi(length: BinLength, most?: number): KpiView {
    return this.#kpi.view(length, most);
  }

  live(): LiveView {
    const atMs = Date.now();
    const health = this.#healthView(atMs);
    return {
      health,
      pool: this.#stock.view(atMs, health),
      delivery: this.#deliveryView(atMs),
      alarms: this.#alarms.view(atMs),
    };
  }

  /** False where nothing of that name is remembered. */
  acknowledge(id: string, by: string): boolean {
    const done = this.#alarms.acknowledge(id, by, Date.now());
    this.#tellSoon();
    return done;
  }

  resetAlarms(by: string): void {
    this.#alarms.reset(by, Date.now());
    this.#tellSoon();
  }

  /** Something that no event of the controller tells. */
  note(type: string, level: EventView["level"], text: string): void {
    const [events, told] = addEvent(this.#events, { atMs: Date.now(), type, level, text });
    this.#events = events;
    this.#feed.next({ type: "event", data: told });
    this.#tellSoon();
  }

  /** Stops looking and writes what was counted. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#soon !== null) clearTimeout(this.#soon);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#feed.complete();
    await this.#kpi.close();
  }

  #listen(): void {
    const { site, transceiver, explanation$ } = this.#options;
    for (const alarm of transceiver.alarmHistory()) this.#alarms.ofUnit(alarm, Date.now());
    this.#subscriptions.push(
      site.events$.subscribe((event) => {
        const words = eventWords(event);
        if (words !== null) this.note(event.type, words.level, words.text);
      }),
      site.state$.subscribe((condition) => this.#conditionChanged(condition)),
      site.blocks$.subscribe((report) => this.#blockEnded(report)),
      site.peerState$.subscribe(({ state }) => this.#peerChanged(state)),
      transceiver.health$.subscribe((health) => this.#healthCame(health)),
      transceiver.state$.subscribe((state) => {
        this.#connection = state;
      }),
      transceiver.alarms$.subscribe((alarm) => {
        this.#alarms.ofUnit(alarm, Date.now());
        this.#tellSoon();
      }),
      // What the controller hears of an error that ends the frames is enough.
      transceiver.rawKeys$.subscribe({ next: () => this.#frameCame(), error: () => {} }),
    );
    if (explanation$ !== undefined)
      this.#subscriptions.push(
        explanation$.subscribe((explanation) => {
          this.#explanation = explanation;
          this.#feed.next({ type: "explanation", data: explanation });
        }),
      );
  }

  #healthCame(health: TransceiverHealth): void {
    const first = this.#health === null;
    this.#health = health;
    // What was dropped before anybody looked belongs to no second.
    if (first) this.#framesLost = this.#lostSoFar();
  }

  #frameCame(): void {
    this.#lastFrameMs = steadyMs();
  }

  #conditionChanged(condition: SiteCondition): void {
    const atMs = Date.now();
    const before = this.#condition;
    this.#condition = condition;
    if (condition.level !== before.level || condition.reason !== before.reason) this.#conditionSinceMs = atMs;
    if (condition.fallback.engaged !== before.fallback.engaged)
      this.#fallbackSinceMs = condition.fallback.engaged ? atMs : null;
    for (const name of ["linkDown", "qberTooHigh", "eavesdropperSuspected", "keyRateTooLow"] as const) {
      const level = condition.reason !== name ? null : name === "keyRateTooLow" ? "warn" : "bad";
      this.#alarms.ofSite(name, level, "", atMs);
    }
    const { engaged, reason } = condition.fallback;
    this.#alarms.ofSite("fallbackEngaged", engaged ? "warn" : null, reasonWords(reason ?? ""), atMs);
    this.#tellSoon();
  }

  #peerChanged(state: PeerState["state"]): void {
    if (state === this.#peer.state) return;
    const atMs = Date.now();
    // The first connection is awaited, not missed.
    if (state !== "connecting" || this.#peer.state === "up")
      this.#alarms.ofSite("peerUnreachable", state === "up" ? null : "bad", "", atMs);
    this.#peer = { state, sinceMs: atMs };
    this.#tellSoon();
  }

  #blockEnded(report: BlockReport): void {
    const atMs = Date.now();
    const { qber, siftedZ, siftedX, sequence, aborted } = report;
    const secretBits = aborted === null ? report.secretBits : 0;
    this.#flow = flowStep(this.#flow, steadyMs(), secretBits);
    if (secretBits > 0) this.#lastKeyAtMs = atMs;
    const reading = this.#loss.read(report);
    this.#lossReading = reading === null ? null : { ...reading, atMs: steadyMs() };
    this.#blocks.push({ secretBits, siftedZ, siftedX, qberZ: qber.z, qberX: qber.x });
    const siftedBits = siftedZ + siftedX;
    this.#lastBlock = {
      sequence,
      endedAtMs: atMs,
      siftedBits,
      secretBits,
      qberZ: qber.z,
      qberX: qber.x,
      aborted,
    };
    // Of a row of them the first is news.
    if (aborted !== null && !this.#aborting)
      this.note("blockAborted", "warn", `Block ${sequence} gave no key: ${aborted}`);
    this.#aborting = aborted !== null;
    this.#tellSoon();
  }

  async #tick(): Promise<void> {
    const nowMs = steadyMs();
    const lateS = Math.floor((nowMs - this.#tickedMs) / TICK_MS + 0.5);
    this.#tickedMs = nowMs;
    await this.#stock.look();
    this.#use.look(this.#options.site.delivery?.usage.applications ?? [], nowMs);
    const atMs = Date.now();
    this.#judge(nowMs, atMs);
    const second = this.#second(nowMs, atMs);
    for (let index = Math.min(lateS, MOST_LATE_S) - 1; index >= 0; index -= 1)
      this.#kpi.count({
        ...second,
        atMs: atMs - index * TICK_MS,
        ...(index > 0 ? { blocks: [], framesLost: 0 } : {}),
      });
    const live = this.live();
    this.#history.add(live.health, live.pool);
    this.#feed.next({ type: "live", data: live });
  }

  /** Alarms that time alone raises. */
  #judge(nowMs: number, atMs: number): void {
    this.#alarms.ofSite("noKey", isStarved(this.#flow, nowMs) ? "bad" : null, "", atMs);
    const { poolLowBits } = this.site.limits;
    const bits = this.#stock.ownBits;
    if (bits === null) return;
    this.#low = bits < poolLowBits * (this.#low ? LOW_HYSTERESIS : 1);
    this.#alarms.ofSite("poolLow", this.#low ? "warn" : null, `below ${poolLowBits} bits`, atMs);
  }

  #second(nowMs: number, atMs: number): Second {
    const { level, reason, fallback } = this.#condition;
    const health = this.#healthView(atMs);
    const worst = Math.max(health.qberZ ?? 0, health.qberX ?? 0);
    const { qberOperating, qberSite } = this.site.limits;
    const lost = this.#lostSoFar();
    const framesLost = Math.max(0, lost - this.#framesLost);
    this.#framesLost = lost;
    const blocks = this.#blocks;
    this.#blocks = [];
    return {
      atMs,
      down: level === "down" ? (reason ?? "down") : null,
      framesLost,
      silent: nowMs - this.#lastFrameMs > SILENT_S * 1000,
      noKey: health.noKey,
      fallback: fallback.engaged,
      qberOver: worst > qberOperating,
      qberBad: worst > qberSite,
      lossDb: health.lossDb,
      blocks,
      alarms: this.#alarms.present,
    };
  }

  /** Frames that the device dropped, and those that got lost on their way. */
  #lostSoFar(): number {
    return this.#options.transceiver.diagnostics().frames.missing + (this.#health?.droppedFrames ?? 0);
  }

  #healthView(atMs: number): HealthView {
    const { level, reason, fallback } = this.#condition;
    const nowMs = steadyMs();
    const dark = level === "down" && reason === "linkDown";
    const unit = unitReadings(this.#connection === "online" ? this.#health : null);
    const recent = nowMs - (lastBlockAtMs(this.#flow) ?? Number.NEGATIVE_INFINITY) < 3 * this.#flow.periodMs;
    const block = recent ? this.#lastBlock : null;
    return {
      atMs,
      level,
      reason,
      sinceMs: this.#conditionSinceMs,
      fallback: { engaged: fallback.engaged, reason: fallback.reason, sinceMs: this.#fallbackSinceMs },
      peer: this.#peer,
      unit: { connection: this.#connection, state: this.#health?.state ?? "offline" },
      // Without light there is nothing whose errors could be counted.
      qberZ: dark ? null : (unit.qberZ ?? block?.qberZ ?? null),
      qberX: dark ? null : (unit.qberX ?? block?.qberX ?? null),
      lossDb: dark || !recent ? null : (this.#lossReading?.lossDb ?? null),
      counts: unit.counts,
      madeBps: madeBps(this.#flow, nowMs),
      usedBps: this.#use.usedBps,
      lastKeyAtMs: this.#lastKeyAtMs,
      noKey: isStarved(this.#flow, nowMs),
      lastBlock: this.#lastBlock,
      quantities: quantityViews(this.#health?.quantities ?? []),
    };
  }

  #deliveryView(atMs: number): DeliveryView {
    const { taken = 0, fetched = 0 } = this.#options.site.delivery?.delivered() ?? {};
    return { atMs, taken, fetched, applications: this.#use.applications };
  }

  #tellSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.#feed.next({ type: "live", data: this.live() });
    }, SOON_MS);
  }
}
