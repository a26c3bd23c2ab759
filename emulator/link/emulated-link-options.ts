import { checkOptions, maybe, partly, type RulesOf, rule } from "../../options/index.ts";
import { LINK_RULES, type LinkParameters } from "../../physics/index.ts";
import type { HappeningNews } from "../happenings/happening-news.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type LinkSpeed, SPEED_RULE } from "./speed.ts";

/** Whether a link drifts by itself. */
export type DriftChoice = "usual" | "none";

/** Options of `startEmulatedLink`; all have defaults. */
export interface EmulatedLinkOptions {
  /** A published system; `yuan2018` by default. */
  readonly preset?: string;
  /**
   * What happens by itself: a scenario, its file, or the name of a ready-made one. It says what the link is like, so that
   * of `preset`, `link`, `lossDb` and `clockHz` only the last may be given beside it.
   */
  readonly scenario?: Scenario | string;
  /** Replaces single parameters of the preset. */
  readonly link?: Partial<LinkParameters>;
  /** Loss of the fibre with its connectors; 10 dB by default. */
  readonly lossDb?: number;
  /** Gates per second; the preset's by default. */
  readonly clockHz?: number;
  /** Every random draw comes from it; the scenario's or 1 by default. 64 bits. */
  readonly seed?: bigint | number;
  readonly speed?: LinkSpeed;
  /**
   * `usual`, the default: temperatures, loss, phase, power and the like drift a little, and meters have noise. `none`: the
   * link is exactly what its parameters say.
   */
  readonly drift?: DriftChoice;
  /** Listen addresses of each device; see `parseListenAddress`. Default: TCP, serial, Modbus TCP and RTU. */
  readonly listen?: { readonly alice?: readonly string[]; readonly bob?: readonly string[] };
  /** Listen address of the control port (`tcp://127.0.0.1:0`); none by default. */
  readonly control?: string;
  /** Keeps what really happened in the last frames, for tests. Slow. */
  readonly truth?: boolean;
  /**
   * A started device waits so long for its partner's start, then delivers alone; 2000 by default, Infinity for ever.
   * While both start within this time, the frames of a seed are the same in every run.
   */
  readonly soloAfterMs?: number;
  /**
   * Called for every event of the scenario when it begins and when it is over, and for what callers of `faults` and of the
   * control port make happen. What it throws is an uncaught exception; the link goes on.
   */
  readonly onHappening?: (news: HappeningNews) => void;
}

const ADDRESSES = rule.list(rule.text("a listen address"));

const RULES: RulesOf<EmulatedLinkOptions> = {
  preset: maybe(rule.text("the name of a preset")),
  scenario: maybe(rule.either(rule.text("the name or file of a scenario"), rule.anyObject)),
  // Which numbers a link may have, the complete one is asked.
  link: maybe(rule.object<LinkParameters>(partly(LINK_RULES))),
  lossDb: maybe(rule.anyNumber),
  clockHz: maybe(rule.anyNumber),
  seed: maybe(rule.either(rule.bigint, rule.anyNumber)),
  speed: maybe(SPEED_RULE),
  drift: maybe(rule.choice("usual", "none")),
  listen: maybe(
    rule.object<NonNullable<EmulatedLinkOptions["listen"]>>({
      alice: maybe(ADDRESSES),
      bob: maybe(ADDRESSES),
    }),
  ),
  control: maybe(rule.text("a listen address")),
  truth: maybe(rule.flag),
  soloAfterMs: maybe(rule.number(0, Number.POSITIVE_INFINITY)),
  onHappening: maybe(rule.callback),
};

/** ConfigError QKD_CONFIG_INVALID naming the option that cannot be meant. */
export function checkEmulatedLinkOptions(options: EmulatedLinkOptions): void {
  checkOptions("the options of startEmulatedLink", options, RULES);
}
