import { InternalError } from "../../errors/index.ts";
import type { SiteWires } from "../faults/site-wires.ts";
import { WIRE_PORTS, type WireFault } from "../faults/wire-fault.ts";
import { checkHappening, refusal, spansOf } from "../happenings/check-happening.ts";
import type { HappeningPhase } from "../happenings/happening-news.ts";
import { declarationOf, type Happening } from "../happenings/happenings.ts";
import { unknownName } from "../happenings/known-names.ts";
import { type CourseStep, courseLength, courseSteps } from "../happenings/link-state/course.ts";
import type { Level } from "../happenings/link-state/level.ts";
import { changedLevels, levelsOf, watchedLevels } from "../happenings/link-state/levels-of.ts";
import type { Change, LinkPlan, LinkState } from "../happenings/link-state/link-state.ts";
import { SITES, type SiteName } from "../happenings/site-name.ts";
import { PendingHappenings } from "./pending-happenings.ts";

/** A single happening on a running link takes no more steps than this. */
const MOST_STEPS = 2000;
/** Steps of all happenings that are still to come, and losses beside the fibre's own. */
const MOST_PENDING = 20_000;
const MOST_LOSSES = 1000;

/** A happening that damages the bytes of a line. */
type OnLine = Extract<Happening, { event: WireFault["type"] }>;

const isOnLine = (event: Happening): event is OnLine => declarationOf(event).wire !== undefined;

/** What a running link acts on. */
export interface RunningLinkHost {
  readonly wires: Readonly<Record<SiteName, SiteWires>>;
  /** Refuses levels that the link cannot obey one after the other. Throws ConfigError. */
  judge(levels: readonly Level[]): void;
  /** Obeys levels that were judged; resolves when the light does. */
  obey(levels: readonly Level[]): Promise<void>;
  /** A happening begins, which nothing refuses any more, or its time is over. */
  told(happening: Happening, phase: HappeningPhase): void;
}

/**
 * What happens to a link while it runs, beside its scenario: from callers of the library and of the control port. Each
 * happening goes on from the state that scenario and earlier happenings have left; what the scenario changes later
 * replaces it. Of two happenings that hold the same thing, the later one replaces the earlier.
 */
export class RunningLink {
  readonly #plan: LinkPlan;
  readonly #host: RunningLinkHost;
  readonly #pending = new PendingHappenings();
  #state: LinkState;
  #happened = 0;
  #linkS = 0;
  #wireS = 0;

  constructor(start: LinkState, plan: LinkPlan, host: RunningLinkHost) {
    this.#state = start;
    // A setting moves the gates apart while the link runs.
    this.#plan = { ...plan, gatesApart: true };
    this.#host = host;
  }

  /** Something happens. Resolves when the light obeys. Throws ConfigError and then has changed nothing. */
  async happen(asked: unknown): Promise<void> {
    const event = checkHappening(asked);
    this.#checkNames(event);
    this.#checkRoom(event);
    const declaration = declarationOf(event);
    if (event.event === "end") return this.#end(event);
    if (event.event === "hangUp") {
      this.#host.told(event, "begins");
      return this.#host.wires[event.site].hangUp(event.port);
    }
    const level = declaration.level?.(event);
    if (level !== undefined) {
      const levels =
        level.type === "multiplex" ? [level, ...watchedLevels(level.plan?.channels ?? [])] : [level];
      this.#host.judge(levels);
      this.#host.told(event, "begins");
      return this.#host.obey(levels);
    }
    const fault = declaration.wire?.(event);
    if (fault !== undefined && isOnLine(event)) return this.#damage(event, fault);
    return this.#change(event);
  }

  /** The scenario has changed the link's state; its levels are obeyed already. */
  scenarioChanged(change: Change): void {
    this.#state = change(this.#state);
  }

  /** Time has passed: `linkS` for the light, `wireS` for wires, whose time also runs while clients give no credit. */
  async reached(linkS: number, wireS: number): Promise<void> {
    this.#linkS = linkS;
    this.#wireS = wireS;
    const due = this.#pending.due(linkS, wireS);
    if (due.length === 0) return;
    for (const step of due) if ("wireKey" in step) this.#mend(step.event, step.wireKey);
    await this.#make(due.flatMap((step) => ("change" in step ? [step.change] : [])));
    for (const step of due) if (step.isEnd) this.#host.told(step.event, "ends");
  }

  #checkNames(event: Happening): void {
    const unknown = unknownName(event, this.#plan);
    if (unknown !== undefined) throw refusal(unknown);
    const { refuses, needs } = declarationOf(event);
    const refused = refuses?.(this.#plan);
    if (refused !== undefined) throw refusal({ ...refused, path: ["event"], value: event.event });
    if (needs === undefined || !("channel" in event) || event.channel === undefined) return;
    if (Object.hasOwn(this.#state.litDbm, event.channel)) return;
    throw refusal({
      path: ["channel"],
      says: `is ${event.channel}, which is dark`,
      allowed: "a lit channel",
    });
  }

  /** Callers may send as many happenings as they like; what is kept of them is bounded. */
  #checkRoom(event: Happening): void {
    const { course, wire } = declarationOf(event);
    if (course === undefined && wire === undefined) return;
    const losses = Object.keys(this.#state.lossesDb).length;
    if (this.#pending.size <= MOST_PENDING - MOST_STEPS && losses <= MOST_LOSSES) return;
    throw refusal({
      path: ["event"],
      says: `is ${event.event}, and too much goes on already`,
      allowed: `at most ${MOST_LOSSES} losses, and fewer steps to come: end what goes on`,
    });
  }

  async #change(event: Happening): Promise<void> {
    const declaration = declarationOf(event);
    const { lastsS, overS } = spansOf(event);
    const fromS = this.#linkS;
    const key = `${event.event} live ${this.#happened++}`;
    const course = declaration.course?.(event, this.#plan, key);
    if (course === undefined) throw new InternalError("QKD_INTERNAL", `${event.event} changes nothing`);
    const span = { fromS, toS: fromS + lastsS, overS };
    if (courseLength(course, span) > MOST_STEPS)
      throw refusal({
        path: ["for"],
        says: "makes more steps than the light can bear",
        allowed: `at most ${MOST_STEPS} steps: a longer period or a shorter time`,
        outOfRange: true,
      });
    const steps = courseSteps(course, span, declaration.ends?.(event, key));
    this.#judge(steps);
    this.#host.told(event, "begins");
    const thing = declaration.holds?.(event) ?? declaration.turns?.(event).what;
    this.#pending.replace(thing);
    const later = steps.filter(({ atS }) => atS > fromS);
    const last = Number.isFinite(lastsS) ? later.at(-1) : undefined;
    this.#pending.add(
      later.map((step) => {
        const { atS, change } = step;
        return { atS, change, event, thing, ...(step === last ? { isEnd: true } : {}) };
      }),
    );
    await this.#make(steps.filter(({ atS }) => atS <= fromS).map(({ change }) => change));
  }

  #damage(event: OnLine, fault: WireFault): void {
    const { site, port } = event;
    const wireKey = `${event.event} live`;
    const thing = `${wireKey} ${site} ${port}`;
    const { lastsS } = spansOf(event);
    this.#pending.replace(thing);
    this.#host.told(event, "begins");
    this.#host.wires[site].set(port, wireKey, fault);
    if (Number.isFinite(lastsS))
      this.#pending.add([{ atS: this.#wireS + lastsS, event, thing, wireKey, isEnd: true }]);
  }

  #mend(event: Happening, wireKey: string): void {
    if (isOnLine(event)) this.#host.wires[event.site].set(event.port, wireKey, undefined);
  }

  async #end(event: Extract<Happening, { event: "end" }>): Promise<void> {
    this.#pending.end(event);
    this.#host.told(event, "begins");
    const change = declarationOf({ event: event.of }).ends?.(event, undefined);
    if (change !== undefined) return this.#make([change]);
    for (const site of event.site === undefined ? SITES : [event.site])
      for (const port of event.port === undefined ? WIRE_PORTS : [event.port])
        this.#host.wires[site].end(port, event.of);
  }

  /** Every step has to be possible before the first one is made. */
  #judge(steps: readonly CourseStep[]): void {
    let state = this.#state;
    let levels = levelsOf(state, this.#plan);
    const all: Level[] = [];
    for (const { change } of steps) {
      state = change(state);
      const next = levelsOf(state, this.#plan);
      all.push(...changedLevels(levels, next));
      levels = next;
    }
    this.#host.judge(all);
  }

  async #make(changes: readonly Change[]): Promise<void> {
    const before = levelsOf(this.#state, this.#plan);
    this.#state = changes.reduce((state, change) => change(state), this.#state);
    await this.#host.obey(changedLevels(before, levelsOf(this.#state, this.#plan)));
  }
}
