import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Answered, DeliveryUsage } from "../../delivery/delivery-usage.ts";
import type { StoreFigures } from "../../link/controller.ts";
import { COMMIT_BOUNDS_S } from "../../pool/commit-times.ts";
import type { LiveView } from "../api/index.ts";
import { countedHistogram } from "./counted-histogram.ts";

/** Bounds of the answers' durations, seconds. */
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const LEVELS = ["up", "degraded", "down"] as const;

/** What the metrics are read from. */
export interface MetricSources {
  readonly linkId: string;
  readonly live: () => LiveView;
  readonly usage: () => DeliveryUsage | null;
  readonly streams: () => { readonly open: number; readonly lost: number };
  readonly store: () => StoreFigures | null;
  readonly collectors: () => readonly {
    readonly outlet: string;
    readonly reached: boolean;
    readonly waiting: number;
    readonly sent: number;
  }[];
}

/** Figures of a site in the form that Prometheus reads (OpenMetrics' predecessor, version 0.0.4). */
export class SiteMetrics {
  readonly #registry = new Registry();
  readonly #sources: MetricSources;
  readonly #set: (live: LiveView) => void;
  readonly #answers: Counter<"api" | "code">;
  readonly #seconds: Histogram<"api">;
  readonly #keys: Counter<"origin" | "side">;
  readonly #secretBits: Counter;
  readonly #fallbackSeconds: Counter<"reason">;
  readonly #unfollow: () => void;
  readonly #toldBefore = new Map<string, number>();

  constructor(sources: MetricSources) {
    this.#sources = sources;
    this.#registry.setDefaultLabels({ link: sources.linkId });
    const registers = [this.#registry];
    const gauge = <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) =>
      new Gauge<L>({ name, help, labelNames: [...labelNames], registers });
    const counter = <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) =>
      new Counter<L>({ name, help, labelNames: [...labelNames], registers });
    this.#secretBits = counter(
      "qkd_link_secret_bits_total",
      "Secret bits of blocks that ended since the start",
    );
    this.#fallbackSeconds = counter("qkd_fallback_seconds_total", "Seconds of post-quantum fallback", [
      "reason",
    ]);
    this.#answers = counter("qkd_delivery_requests_total", "Requests answered", ["api", "code"]);
    this.#keys = counter("qkd_keys_total", "Keys handed out", ["origin", "side"]);
    this.#seconds = new Histogram({
      name: "qkd_delivery_seconds",
      help: "Duration of answers of key delivery",
      labelNames: ["api"],
      buckets: BUCKETS,
      registers,
    });
    const up = gauge("qkd_link_up", "1 unless the link is down");
    const level = gauge("qkd_link_level", "1 for the level that the link is on", ["level"]);
    const qber = gauge("qkd_link_qber_ratio", "Share of wrong bits", ["basis"]);
    const rate = gauge("qkd_link_secret_key_rate_bps", "Secret key rate of the last block");
    const loss = gauge("qkd_link_loss_db", "Loss of the fibre as the last block shows it");
    const age = gauge("qkd_link_last_key_age_seconds", "Time since the last block that brought key");
    const pool = gauge("qkd_pool_bits", "Bits in stock", ["origin", "half"]);
    const left = gauge("qkd_pool_seconds_left", "How long the own half lasts without new key");
    const engaged = gauge("qkd_fallback_engaged", "1 while post-quantum keys are served");
    const alarms = gauge("qkd_alarms", "Alarms that are present", ["level"]);
    const peer = gauge("qkd_peer_up", "1 while the other site is connected");
    const streams = gauge("qkd_dashboard_streams", "Streams of the dashboard that are open");
    const generation = gauge("qkd_store_generation", "Openings of the key store so far");
    const reserve = gauge("qkd_auth_reserve_bytes", "Unused bytes of authentication key", ["direction"]);
    const commits = {
      name: "qkd_store_commit_seconds",
      help: "Duration of commits of the key store",
      bounds: COMMIT_BOUNDS_S,
    };
    countedHistogram(this.#registry, commits, () => {
      const figures = sources.store();
      return figures === null ? null : { counts: figures.commits.counts, sum: figures.commits.sumS };
    });
    const collectors = gauge("qkd_collector_up", "1 while a collector of alarms is reached", ["outlet"]);
    const waiting = gauge("qkd_collector_waiting", "Notices of alarms that wait for their collector", [
      "outlet",
    ]);
    const told = counter("qkd_collector_notices_total", "Notices of alarms that a collector took", [
      "outlet",
    ]);
    this.#set = ({ health, pool: { stocks, lastsS }, alarms: { alarms: present } }) => {
      up.set(Number(health.level !== "down"));
      for (const name of LEVELS) level.set({ level: name }, Number(health.level === name));
      setOrRemove(qber, { basis: "z" }, health.qberZ);
      setOrRemove(qber, { basis: "x" }, health.qberX);
      setOrRemove(rate, {}, health.madeBps);
      setOrRemove(loss, {}, health.lossDb);
      setOrRemove(age, {}, health.lastKeyAtMs === null ? null : (health.atMs - health.lastKeyAtMs) / 1000);
      for (const { origin, ownBits, peerBits } of stocks) {
        pool.set({ origin, half: "own" }, ownBits);
        pool.set({ origin, half: "peer" }, peerBits);
      }
      setOrRemove(left, {}, lastsS);
      engaged.set(Number(health.fallback.engaged));
      for (const name of ["warn", "bad"] as const)
        alarms.set(
          { level: name === "warn" ? "operating" : "absolute" },
          present.filter((alarm) => alarm.state === "present" && alarm.level === name).length,
        );
      peer.set(Number(health.peer.state === "up"));
      streams.set(this.#sources.streams().open);
      const store = sources.store();
      setOrRemove(generation, {}, store?.generation ?? null);
      for (const direction of ["own", "peer"] as const)
        setOrRemove(reserve, { direction }, store?.reserve[direction] ?? null);
      for (const { outlet, reached, waiting: wait, sent } of this.#sources.collectors()) {
        collectors.set({ outlet }, Number(reached));
        waiting.set({ outlet }, wait);
        told.inc({ outlet }, sent - (this.#toldBefore.get(outlet) ?? 0));
        this.#toldBefore.set(outlet, sent);
      }
    };
    this.#unfollow = sources.usage()?.follow((answered) => this.#answered(answered)) ?? (() => {});
  }

  /** Content type of the text. */
  get type(): string {
    return this.#registry.contentType;
  }

  /** A block ended and brought so many bits. */
  blockEnded(secretBits: number): void {
    this.#secretBits.inc(secretBits);
  }

  /** A second of fallback for that reason. */
  fallbackSecond(reason: string): void {
    this.#fallbackSeconds.inc({ reason }, 1);
  }

  text(): Promise<string> {
    this.#set(this.#sources.live());
    return this.#registry.metrics();
  }

  close(): void {
    this.#unfollow();
    this.#registry.clear();
  }

  #answered({ call, status, durationMs, gave }: Answered): void {
    this.#answers.inc({ api: call, code: String(status) });
    this.#seconds.observe({ api: call }, durationMs / 1000);
    if (gave !== null)
      this.#keys.inc({ origin: gave.origin, side: call === "enc_keys" ? "taken" : "fetched" }, gave.keys);
  }
}

/** What was not read is not told: a gauge would tell the last value for ever. */
function setOrRemove<L extends string>(
  gauge: Gauge<L>,
  labels: Partial<Record<L, string>>,
  value: number | null,
): void {
  if (value === null) gauge.remove(labels);
  else gauge.set(labels, value);
}
