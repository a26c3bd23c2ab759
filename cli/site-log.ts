import { distinctUntilChanged, interval, type Subscription, sampleTime, timer } from "rxjs";
import type {
  CollectorNews,
  Controller,
  ControllerEvent,
  Dashboard,
  DistillationProgress,
  PeerState,
} from "../controller/index.ts";
import type { OpenedTransceiver } from "../drivers/index.ts";
import type { QkdError } from "../errors/index.ts";
import type { BoundedLog } from "./bounded-log.ts";
import type { SiteConfig } from "./config/read-config.ts";
import { logLine } from "./log-line.ts";
import { RepeatedFailures, type Repetitions } from "./repeated-failures.ts";

const PROGRESS_EVERY_MS = 250;
const COUNT_EVERY_MS = 1000;
const REMIND_EVERY_MS = 60_000;
const PLAIN_PROGRESS_EVERY_MS = 10_000;
/** Events that end what failures told whose codes begin so: those counted before are over, and the next is news. */
const ENDED_BY: Partial<Record<ControllerEvent["type"], string>> = {
  authRecovered: "QKD_AUTH_",
  authResumed: "QKD_AUTH_",
};

/** The feeds of a link that are printed. */
export type LinkFeeds = Pick<Controller, "blocks$" | "events$" | "peerState$" | "failures$" | "progress$">;

/**
 * Prints what a site, or one link of a node, does: JSON lines for programs, short sentences with the time of day for
 * people, one line an event. Never a key.
 */
export class SiteLog {
  readonly #out: BoundedLog;
  readonly #json: boolean;
  /** The link that is told of, where there are several. */
  readonly #link: string | null;
  readonly #subscriptions: Subscription[] = [];
  readonly #failures = new RepeatedFailures<QkdError>();
  /** What people were told last of the connection to the other site, so that attempts in a row are not told each. */
  #failureTold = "";
  #stateTold = "";
  #progressTold = "";

  constructor(out: BoundedLog, json: boolean, link: string | null = null) {
    this.#out = out;
    this.#json = json;
    this.#link = link;
  }

  follow(
    controller: Controller,
    transceiver: OpenedTransceiver,
    config: SiteConfig,
    dashboard: Dashboard | null = null,
  ): void {
    const shownAt = dashboard?.url == null ? null : `${dashboard.url}/#token=${dashboard.token}`;
    const peer = controller.peerPort === null ? (config.peer.connect ?? "") : `port ${controller.peerPort}`;
    this.#say(
      {
        type: "ready",
        site: controller.role,
        peerPort: controller.peerPort,
        delivery: controller.delivery?.url,
        ...(shownAt === null ? {} : { dashboard: shownAt }),
      },
      `ready: ${controller.role} on ${transceiver.identity.model} ${transceiver.identity.serial}, peer ${peer}, keys at ${controller.delivery?.url}${shownAt === null ? "" : `, dashboard ${shownAt}`}`,
    );
    if (config.developmentSeed !== undefined)
      this.#subscriptions.push(timer(0, REMIND_EVERY_MS).subscribe(() => this.#remind()));
    this.followLink(controller, () => transceiver.diagnostics().frames.missing);
  }

  /** Prints what a link's feeds tell; `droppedFrames` is asked with each progress. */
  followLink(controller: LinkFeeds, droppedFrames?: () => number): void {
    const every = this.#json ? PROGRESS_EVERY_MS : PLAIN_PROGRESS_EVERY_MS;
    this.#subscriptions.push(
      controller.blocks$.subscribe((report) =>
        this.#say(
          { type: "block", report },
          report.aborted === null
            ? `block ${report.sequence}: ${report.siftedZ} sifted bits, QBER ${(100 * report.qber.z).toFixed(2)} %, f ${report.reconciliationEfficiency.toFixed(3)}, ${report.secretBits} secret bits`
            : `block ${report.sequence} gave no key: ${report.aborted}`,
        ),
      ),
      controller.events$.subscribe((event) => this.happened(event)),
      interval(COUNT_EVERY_MS).subscribe(() => {
        for (const repetitions of this.#failures.due(performance.now())) this.#repeated(repetitions);
      }),
      controller.peerState$
        .pipe(distinctUntilChanged(sameState))
        .subscribe(({ state, epoch, error }) =>
          this.#say({ type: "peer", state, epoch, error: error?.line }, this.#peerSentence(state)),
        ),
      controller.failures$.subscribe((error) => this.failed(error)),
      controller.progress$.pipe(sampleTime(every)).subscribe((progress) => {
        this.#say(
          {
            ...progress,
            type: "progress",
            siftedBits: progress.siftedZ + progress.siftedX,
            ...(droppedFrames === undefined ? {} : { droppedFrames: droppedFrames() }),
          },
          this.#progressSentence(progress),
        );
      }),
    );
  }

  /** Something happened at the site. */
  happened(event: ControllerEvent): void {
    const over = ENDED_BY[event.type];
    if (over !== undefined) this.#failures.forget(over);
    this.#say({ ...event }, event.type === "keysAdded" ? null : eventSentence(event));
  }

  /** Something went wrong that the site survives. */
  failed(error: QkdError): void {
    if (!this.#failures.isNews(error, performance.now())) return;
    this.#say(
      { type: "failure", code: error.code, message: error.message, remedy: error.remedy },
      this.#failureSentence(error),
    );
  }

  /** What a flood of failures came to. */
  #repeated({ failure, times, withinMs }: Repetitions<QkdError>): void {
    const { code, message, remedy } = failure;
    this.#say(
      { type: "failure", code, message, remedy, times, withinMs: Math.round(withinMs) },
      `${code}: ${message}, ${times} times more within ${Math.round(withinMs / 1000)} s`,
    );
  }

  /** The configuration was read anew; `waiting` names the fields whose change counts at the next start. */
  reloaded(waiting: readonly string[]): void {
    const needsRestart = waiting.length > 0;
    this.#say(
      { type: "reloaded", needsRestart, fields: waiting },
      `configuration reloaded${needsRestart ? `; at the next start counts the change of ${waiting.join(", ")}` : ""}`,
    );
  }

  /** A collector of alarms was lost or reached. */
  collector(news: CollectorNews): void {
    this.#say({ ...news }, collectorSentence(news));
  }

  /** A message between the controllers, in words. */
  trace(line: string): void {
    this.#say({ type: "trace", line }, line);
  }

  /** `ran`: false for a site that could not be started. */
  close(ran = true): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const repetitions of this.#failures.rest(performance.now())) this.#repeated(repetitions);
    if (ran) this.#say({ type: "stopped" }, "stopped");
  }

  /** The reason of a lost connection was told as a failure. */
  #peerSentence(state: PeerState["state"]): string | null {
    if (state === "up") {
      this.#failureTold = "";
      this.#failures.forget("QKD_PEER_");
    }
    if (state === this.#stateTold) return null;
    this.#stateTold = state;
    return `peer ${state}`;
  }

  /** Nothing to say to people while nothing moves. */
  #progressSentence({ detections, siftedZ, siftedX, secretBits }: DistillationProgress): string | null {
    const sentence = `${detections} detections, ${siftedZ + siftedX} sifted, ${secretBits} secret bits`;
    if (sentence === this.#progressTold) return null;
    this.#progressTold = sentence;
    return sentence;
  }

  #failureSentence({ code, line }: QkdError): string | null {
    if (!code.startsWith("QKD_PEER_")) return line;
    if (line === this.#failureTold) return null;
    this.#failureTold = line;
    return line;
  }

  #remind(): void {
    const sentence = "developmentSeed is set: every key of this site can be predicted and is NOT secret";
    this.#say({ type: "insecure", reason: sentence }, `INSECURE: ${sentence}`);
  }

  #say(line: Record<string, unknown>, sentence: string | null): void {
    const link = this.#link;
    if (this.#json) this.#out.write(`${JSON.stringify(link === null ? line : { ...line, link }, plain)}\n`);
    else if (sentence !== null) this.#out.write(logLine(link === null ? sentence : `${link}: ${sentence}`));
  }
}

/** A caller that is refused again and again leaves the connection as it was. */
function sameState(before: PeerState, after: PeerState): boolean {
  return (
    before.state === after.state && before.epoch === after.epoch && before.error?.line === after.error?.line
  );
}

/** What an outlet is told. */
const toldBy = (outlet: CollectorNews["outlet"]) => (outlet === "nats" ? "events" : "alarms");

function collectorSentence(news: CollectorNews): string {
  const { outlet, address } = news;
  switch (news.type) {
    case "collectorReached":
      return `${toldBy(outlet)} go to ${outlet} at ${address}${news.dropped === 0 ? "" : `; ${news.dropped} older ones were given up`}`;
    case "collectorLost":
      return `${outlet} at ${address} is lost: ${news.reason}; ${toldBy(outlet)} wait for it`;
    case "collectorMissed":
      return `${outlet} at ${address} did not get the last ${news.notices} notices of alarms`;
  }
}

function eventSentence({ type, atMs: _, ...members }: ControllerEvent): string {
  const told = Object.entries(members).map(([name, value]) => `${name} ${value}`);
  return told.length === 0 ? type : `${type}: ${told.join(", ")}`;
}

function plain(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
