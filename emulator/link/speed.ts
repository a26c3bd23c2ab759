import { ConfigError } from "../../errors/index.ts";
import { checkArgument, type Rule, rule } from "../../options/index.ts";

/**
 * How link time runs: `real` with the wall clock, a number that many times as fast, `max` as fast as the clients grant
 * credit, `manual` only by `advance`.
 */
export type LinkSpeed = "real" | "max" | "manual" | number;

const SLOWEST = 1e-3;
const FASTEST = 1e3;

export const SPEED_RULE: Rule = rule.either(
  rule.choice("real", "max", "manual"),
  rule.number(SLOWEST, FASTEST),
);

/** Reads `real`, `max` or a positive factor. Throws ConfigError QKD_CONFIG_INVALID. */
export function parseSpeed(text: string): LinkSpeed {
  checkArgument("speed", text, rule.text("real, max or a factor"));
  if (text === "real" || text === "max") return text;
  const factor = Number(text);
  if (text.trim() !== "" && factor >= SLOWEST && factor <= FASTEST) return factor;
  throw new ConfigError("QKD_CONFIG_INVALID", `the speed ${text} is none`, {
    context: { field: "speed", value: text },
    remedy: "use real, max or a factor from 0.001 to 1000",
  });
}

/** Link seconds per wall second, where the wall clock rules. */
export function paceOf(speed: LinkSpeed): number | undefined {
  if (speed === "real") return 1;
  return typeof speed === "number" ? speed : undefined;
}
