import type { ControllerEvent } from "../../events.ts";
import type { EventView } from "../api/index.ts";

type Words = Pick<EventView, "level" | "text">;

const REASONS: Readonly<Record<string, string>> = {
  linkDown: "no light from the other end",
  qberTooHigh: "error rate beyond the limit",
  keyRateTooLow: "key rate below what was agreed",
  eavesdropperSuspected: "an eavesdropper is suspected",
  peerUnreachable: "the other site cannot be reached",
  poolExhausted: "the stock of quantum keys runs short",
  operator: "the operator's word",
};

/** A reason in words. */
export function reasonWords(reason: string): string {
  return REASONS[reason] ?? reason;
}

/** An event as a sentence; null for what happens with every block. Names of blocks are cut short. */
export function eventWords(event: ControllerEvent): Words | null {
  const words = wordsOf(event);
  return words === null ? null : { ...words, text: words.text.replace(/[0-9a-f]{32,}/g, shortName) };
}

function shortName(name: string): string {
  return `${name.slice(0, 8)}…`;
}

function wordsOf(event: ControllerEvent): Words | null {
  switch (event.type) {
    case "keysAdded":
      return null;
    case "poolLow":
      return {
        level: "warn",
        text: `Stock of quantum keys low: ${event.availableBits} bits, limit ${event.lowBits}`,
      };
    case "linkDegraded":
      return {
        level: event.reason in REASONS && event.reason !== "keyRateTooLow" ? "bad" : "warn",
        text: `Link worse: ${reasonWords(event.reason)}`,
      };
    case "linkRestored":
      return { level: "ok", text: "Link restored" };
    case "eavesdropperSuspected":
      return {
        level: "bad",
        text: `Eavesdropper suspected (${event.attack}): ${event.indicator}, ${event.evidence}`,
      };
    case "fallbackEngaged":
      return {
        level: "bad",
        text: `Fallback engaged, post-quantum keys are served: ${reasonWords(event.reason)}`,
      };
    case "fallbackCleared":
      return { level: "ok", text: "Fallback cleared, quantum keys are served" };
    case "saeKnown":
      return { level: "ok", text: `Application ${event.sae} asks for keys for the first time` };
    case "callerRefused":
      return { level: "warn", text: `Caller refused: ${event.reason}` };
    case "keysBurnt":
      return {
        level: "warn",
        text: `${event.bits} bits of key taken out of use at the start: ${event.reason}`,
      };
    case "keyExpired":
      return { level: "ok", text: `${event.bits} bits of ${event.origin} key expired` };
    case "keysLost":
      return { level: "warn", text: `${event.bits} bits of ${event.origin} key lost: ${event.reason}` };
    case "peerClock":
      return {
        level: Math.abs(event.offsetMs) > 60_000 ? "warn" : "ok",
        text: `Connected to the other site; its clock differs by ${Math.round(event.offsetMs)} ms`,
      };
    case "authRecovered":
      return {
        level: "warn",
        text: `Authentication reserve refilled by a key exchange (round ${event.round})`,
      };
    case "authResumed":
      return { level: "ok", text: "Authentication pads given again" };
    case "epsilonBudget":
      return {
        level: event.level === "spent" ? "bad" : "warn",
        text: `Budget of failure probability ${event.level}: ${Math.round(100 * event.used)} % of ${event.of}`,
      };
  }
}
