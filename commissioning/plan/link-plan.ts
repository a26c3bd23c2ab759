import { ConfigError } from "../../errors/index.ts";
import {
  checkOptions,
  type Mistake,
  maybe,
  optionMistakes,
  type RulesOf,
  rule,
} from "../../options/index.ts";
import { LINK_PRESETS } from "../../physics/index.ts";
import { channelFault, type PlannedChannel } from "./planned-channel.ts";

export type { PlannedChannel };

/** A stretch of fibre. */
export interface PlannedSpan {
  readonly name: string;
  readonly lengthKm: number;
  /** As measured or stated by the maker; 0.2 dB/km unless told. */
  readonly dbPerKm?: number;
  /** Loss as built, where it was measured. */
  readonly lossDb?: number;
  readonly detail?: string;
}

/** A joint, a multiplexer or something else in the way of the light. */
export interface PlannedJoint {
  readonly name: string;
  readonly lossDb?: number;
  /** What it may lose; 0.75 dB for a mated pair, 0.3 dB for a splice unless told. */
  readonly limitDb?: number;
  readonly detail?: string;
}

export interface PlannedInstrument {
  readonly kind: string;
  readonly serial: string;
  readonly usedIn?: readonly number[];
  readonly calibratedOn?: string;
  readonly dueOn?: string;
}

export interface PlannedPerson {
  readonly name: string;
  readonly site?: string;
}

/** How a fibre gets worse over the years. */
export interface PlannedAgeing {
  readonly dbPerYear?: number;
  /** Years for which the link is planned. */
  readonly years?: number;
  /** What splices of later repairs may add, dB. */
  readonly repairsDb?: number;
}

/** The plan of one link: what was built, what is expected, what is asked for. */
export interface LinkPlan {
  readonly name?: string;
  readonly preset?: string;
  readonly sites?: { readonly alice: string; readonly bob: string };
  readonly operator?: PlannedPerson;
  readonly witness?: PlannedPerson;
  /** Firmware versions that the operator accepts. */
  readonly firmware?: readonly string[];
  readonly fibre?: {
    readonly spans: readonly PlannedSpan[];
    readonly connectors?: readonly PlannedJoint[];
    readonly splices?: readonly PlannedJoint[];
    readonly multiplexers?: readonly PlannedJoint[];
    /** Wavelength band of the quantum channel: the limit is 0.25 dB/km at 1550 nm, 0.35 at 1310 nm. */
    readonly band?: "1310" | "1550";
  };
  /** What was measured by hand, end to end. */
  readonly measured?: {
    readonly oltsAToBDb?: number;
    readonly oltsBToADb?: number;
    readonly otdrDb?: number;
  };
  readonly channels?: readonly PlannedChannel[];
  readonly receiverFilter?: { readonly bandwidthNm: number; readonly isolationDb: number };
  readonly instruments?: readonly PlannedInstrument[];
  /**
   * Pulses per second of the transmitter's laser, whose power it tells; slower clocks pick pulses. 1 GHz, or the clock where
   * that is faster, unless told.
   */
  readonly laserHz?: number;
  /** Secret key that the operator asks for, bits per second. */
  readonly demandBps?: number;
  /** Share of the time in which the link makes key; that of the preset unless told. */
  readonly availability?: number;
  /** What the loss may grow by until the link is renewed. */
  readonly ageing?: PlannedAgeing;
  /** Key that lies ready at the site that asks for it when the fibre is cut, bits. */
  readonly stockBits?: number;
  /** Tunnels that take a new key of 256 bits again and again. */
  readonly tunnels?: { readonly count: number; readonly rekeyS: number };
  /** Numbers of steps that the link has no part for. */
  readonly absent?: readonly number[];
}

const day = {
  wants: "a day as 2026-11-29",
  holds: (value: unknown) => typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value),
};
const loss = rule.number(0, 100);
const name = rule.text("a name");

const joints = maybe(
  rule.list(
    rule.object<PlannedJoint>({
      name,
      lossDb: maybe(loss),
      limitDb: maybe(loss),
      detail: maybe(rule.anyText("a text")),
    }),
  ),
);
const person = maybe(rule.object<PlannedPerson>({ name, site: maybe(rule.anyText("a site")) }));

const RULES: RulesOf<LinkPlan> = {
  name: maybe(name),
  preset: maybe(rule.choice(...Object.keys(LINK_PRESETS))),
  sites: maybe(rule.object<NonNullable<LinkPlan["sites"]>>({ alice: name, bob: name })),
  operator: person,
  witness: person,
  firmware: maybe(rule.list(rule.text("a version"))),
  fibre: maybe(
    rule.object<NonNullable<LinkPlan["fibre"]>>({
      spans: rule.list(
        rule.object<PlannedSpan>({
          name,
          lengthKm: rule.number(0, 1000),
          dbPerKm: maybe(rule.number(0.1, 5)),
          lossDb: maybe(loss),
          detail: maybe(rule.anyText("a text")),
        }),
      ),
      connectors: joints,
      splices: joints,
      multiplexers: joints,
      band: maybe(rule.choice("1310", "1550")),
    }),
  ),
  measured: maybe(
    rule.object<NonNullable<LinkPlan["measured"]>>({
      oltsAToBDb: maybe(loss),
      oltsBToADb: maybe(loss),
      otdrDb: maybe(loss),
    }),
  ),
  channels: maybe(
    rule.list(
      rule.object<PlannedChannel>({
        name,
        wavelengthNm: maybe(rule.number(1200, 1700)),
        thz: maybe(rule.number(176, 250)),
        direction: rule.choice("forward", "backward"),
        launchDbm: rule.number(-60, 20),
        receiver: maybe(rule.whole(1, 4)),
      }),
    ),
  ),
  receiverFilter: maybe(
    rule.object<NonNullable<LinkPlan["receiverFilter"]>>({
      bandwidthNm: rule.number(0.001, 100),
      isolationDb: rule.number(0, 200),
    }),
  ),
  instruments: maybe(
    rule.list(
      rule.object<PlannedInstrument>({
        kind: name,
        serial: rule.text("a serial number"),
        usedIn: maybe(rule.list(rule.whole(1, 24))),
        calibratedOn: maybe(day),
        dueOn: maybe(day),
      }),
    ),
  ),
  laserHz: maybe(rule.number(1000, 1e12)),
  demandBps: maybe(rule.number(0, 1e12)),
  availability: maybe(rule.number(0, 1)),
  ageing: maybe(
    rule.object<PlannedAgeing>({
      dbPerYear: maybe(rule.number(0, 10)),
      years: maybe(rule.number(0, 100)),
      repairsDb: maybe(loss),
    }),
  ),
  stockBits: maybe(rule.number(0, 1e15)),
  tunnels: maybe(
    rule.object<NonNullable<LinkPlan["tunnels"]>>({
      count: rule.whole(1, 1e6),
      rekeyS: rule.number(5, 1e7),
    }),
  ),
  absent: maybe(rule.list(rule.whole(1, 24))),
};

/** Throws ConfigError QKD_CONFIG_INVALID naming the field of a plan that cannot be meant. */
export function checkLinkPlan(plan: LinkPlan): void {
  checkOptions("the fibre plan", plan, RULES);
  for (const channel of plan.channels ?? []) {
    const fault = channelFault(channel);
    if (fault !== null)
      throw new ConfigError("QKD_CONFIG_INVALID", `the fibre plan: ${fault}`, {
        remedy: "give wavelengthNm or thz, or both for the same place",
      });
  }
}

/** All that `checkLinkPlan` would refuse, for a file that is told all its mistakes at once. */
export function linkPlanMistakes(plan: unknown): Iterable<Mistake> {
  return optionMistakes("the fibre plan", plan, RULES);
}
