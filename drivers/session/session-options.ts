import { maybe, type RulesOf, rule } from "../../options/index.ts";
import { WIRE_TAP, type WireTap } from "../transport/wire-tap.ts";

/** Times and limits of a session; the defaults fit sockets and fast serial lines. */
export interface SessionOptions {
  /** Wait for a reply before a repeat or giving up, 2.5 s: a device has 2 s (SPEC 4.2). */
  readonly timeoutMs?: number;
  /** Times an idempotent command is sent, 3. */
  readonly attempts?: number;
  /** Requests in flight, 8, which is also the most a device takes (SPEC 4.2). */
  readonly window?: number;
  /** A ping is written this often, 2 s; one that fails with nothing else received ends the session. */
  readonly heartbeatMs?: number;
  /** A frame that stops in the middle for so long is given up, 1 s. */
  readonly stallMs?: number;
  /** Is told of every frame in both directions. */
  readonly tap?: WireTap;
}

export const SESSION_RULES: RulesOf<SessionOptions> = {
  timeoutMs: maybe(rule.wait()),
  attempts: maybe(rule.whole(1, 100)),
  window: maybe(rule.whole(1, 8)),
  heartbeatMs: maybe(rule.wait()),
  stallMs: maybe(rule.wait()),
  tap: maybe(WIRE_TAP),
};
