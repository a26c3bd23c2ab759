import { checkOptions, maybe, type RulesOf, rule } from "../../options/index.ts";
import type { HappeningNews } from "../happenings/happening-news.ts";
import type { EmulatedLinkOptions } from "../link/emulated-link-options.ts";
import { SPEED_RULE } from "../link/speed.ts";
import type { NetworkScenario } from "./network-scenario.ts";

/** Options of `startEmulatedNetwork`. */
export interface EmulatedNetworkOptions
  extends Pick<EmulatedLinkOptions, "clockHz" | "seed" | "speed" | "drift" | "soloAfterMs" | "truth"> {
  /** A scenario, its file, or the name of a ready-made one. */
  readonly scenario: NetworkScenario | string;
  /** Whether each link has a control port of its own; none by default. */
  readonly control?: boolean;
  /** Ports of every unit, of free numbers: TCP for the session by default, Modbus TCP for telemetry. */
  readonly ports?: readonly ("tcp" | "modbus+tcp")[];
  /** As a link's `onHappening`, with the link that it happens to. */
  readonly onHappening?: (link: string, news: HappeningNews) => void;
}

const RULES: RulesOf<EmulatedNetworkOptions> = {
  scenario: rule.either(rule.text("the name or file of a scenario"), rule.anyObject),
  clockHz: maybe(rule.anyNumber),
  seed: maybe(rule.either(rule.bigint, rule.anyNumber)),
  speed: maybe(SPEED_RULE),
  drift: maybe(rule.choice("usual", "none")),
  soloAfterMs: maybe(rule.number(0, Number.POSITIVE_INFINITY)),
  truth: maybe(rule.flag),
  control: maybe(rule.flag),
  ports: maybe(rule.list(rule.choice("tcp", "modbus+tcp"))),
  onHappening: maybe(rule.callback),
};

/** ConfigError QKD_CONFIG_INVALID naming the option that cannot be meant. */
export function checkEmulatedNetworkOptions(options: EmulatedNetworkOptions): void {
  checkOptions("the options of startEmulatedNetwork", options, RULES);
}
