import type { TransceiverHealth, TransceiverState } from "../../../drivers/index.ts";
import { checkArgument } from "../../../options/index.ts";
import type { ControllerEvent, FallbackReason } from "../../events.ts";
import type { BlockReport } from "../../sources/distillation/block-report.ts";
import { backgroundLight, eavesdropperIndicators } from "./eavesdropper-indicators.ts";
import { HEALTH_INPUT_RULE, HEALTH_STATE_RULE, POLICY_RULE, REPORT_RULE } from "./health-input-rules.ts";
import type { HealthPolicy } from "./health-settings.ts";
import { type Held, hold, NOT_HELD } from "./hysteresis.ts";
import type { Indicator } from "./indicator.ts";
import { mayHaveBeenRead, NEW_OUTPUT_MONITOR, type OutputMonitor, watchOutput } from "./output-monitor.ts";

/** What the policy is told. */
export type HealthInput =
  | { readonly type: "block"; readonly atMs: number; readonly report: BlockReport }
  | { readonly type: "detections"; readonly atMs: number; readonly perS: number }
  /** Detections of the gates told since the last time. */
  | { readonly type: "light"; readonly atMs: number; readonly detections: number; readonly gates: number }
  | { readonly type: "pool"; readonly atMs: number; readonly availableBits: number }
  | { readonly type: "transceiver"; readonly atMs: number; readonly state: TransceiverState }
  | { readonly type: "readings"; readonly atMs: number; readonly health: TransceiverHealth }
  | { readonly type: "peer"; readonly atMs: number; readonly up: boolean }
  | { readonly type: "tick"; readonly atMs: number };

export type LinkLevel = "up" | "degraded" | "down";

/** Troubles that take the link down, the weightiest first, then one that only degrades it. */
const TROUBLES = [
  "eavesdropperSuspected",
  "qberTooHigh",
  "linkDown",
  "peerUnreachable",
  "keyRateTooLow",
] as const;
type Trouble = (typeof TROUBLES)[number];

/** State of the policy; start with `INITIAL_HEALTH`. */
export interface LinkHealth {
  readonly level: LinkLevel;
  /** The weightiest trouble that counts, or null. */
  readonly reason: FallbackReason | null;
  /** Indicators of the last block. */
  readonly indicators: readonly Indicator[];
  readonly present: Readonly<Record<Trouble, boolean>>;
  readonly held: Readonly<Record<Trouble, Held>>;
  /** The driver has no connection; hardly any detections come; the gates told hold hardly any. Each is `linkDown`. */
  readonly offline: boolean;
  readonly dark: boolean;
  readonly unlit: boolean;
  /** Gates told, and their detections, that are too few to judge yet. */
  readonly light: { readonly detections: number; readonly gates: number };
  /** Readings outside their range, by name. */
  readonly readings: string | null;
  /** Background light beyond the expected in the last block, clicks per gate, or null. */
  readonly backgroundLight: number | null;
  readonly poolLow: boolean;
  readonly secretBits: readonly { readonly atMs: number; readonly bits: number }[];
  readonly startedAtMs: number | null;
  /** Slowly learned photocurrent, nA per click and gate, from clean blocks. */
  readonly chargePerClick: number | null;
  /** Light from the line at the transmitter's output; a receiver's site has no such monitor. */
  readonly output: OutputMonitor;
}

const all = <T>(value: T): Record<Trouble, T> => ({
  eavesdropperSuspected: value,
  qberTooHigh: value,
  linkDown: value,
  peerUnreachable: value,
  keyRateTooLow: value,
});

export const INITIAL_HEALTH: LinkHealth = {
  level: "up",
  reason: null,
  indicators: [],
  present: all(false),
  held: all(NOT_HELD),
  offline: false,
  dark: false,
  unlit: false,
  light: { detections: 0, gates: 0 },
  readings: null,
  backgroundLight: null,
  poolLow: false,
  secretBits: [],
  startedAtMs: null,
  chargePerClick: null,
  output: NEW_OUTPUT_MONITOR,
};

/** Detections that must be expected before their lack tells: then a lit link lacks them with a chance below 1e-12. */
const LEAST_LIGHT = 50;
const LEARNING = 0.1;
/** Blocks with less light than this share of the expected teach nothing: leakage would count as charge of the clicks. */
const LEAST_LOAD_TO_LEARN = 0.3;

/** Advances the policy by one input: the new state, and the events to publish. Pure. */
export function healthStep(
  state: LinkHealth,
  input: HealthInput,
  policy: HealthPolicy,
): [LinkHealth, ControllerEvent[]] {
  checkArgument("state", state, HEALTH_STATE_RULE);
  checkArgument("input", input, HEALTH_INPUT_RULE);
  checkArgument("policy", policy, POLICY_RULE);
  const events: ControllerEvent[] = [];
  const started = { ...state, startedAtMs: state.startedAtMs ?? input.atMs };
  const seen = observe(started, input, policy, events);
  return [judge(seen, input.atMs, policy, events), events];
}

function observe(
  state: LinkHealth,
  input: HealthInput,
  policy: HealthPolicy,
  events: ControllerEvent[],
): LinkHealth {
  const { atMs } = input;
  switch (input.type) {
    case "block":
      return observeBlock(state, input.report, atMs, policy, events);
    case "detections":
      return { ...state, dark: input.perS < policy.expected.detectionsPerS * policy.leastDetectionShare };
    case "light":
      return observeLight(state, input, policy);
    case "transceiver":
      return { ...state, offline: input.state !== "online" };
    case "peer":
      return { ...state, present: { ...state.present, peerUnreachable: !input.up } };
    case "readings": {
      const wrong = input.health.quantities.filter((quantity) => quantity.level !== "ok");
      const output = watchOutput(state.output, input.health, atMs, policy.thresholds);
      if (state.output.indicator === null && output.indicator !== null)
        events.push(suspicion(output.indicator, atMs));
      return {
        ...state,
        output,
        readings: wrong.length === 0 ? null : wrong.map((quantity) => quantity.name).join(", "),
      };
    }
    case "pool": {
      const { lowBits } = policy;
      if (!state.poolLow && input.availableBits < lowBits) {
        events.push({ type: "poolLow", atMs, availableBits: input.availableBits, lowBits });
        return { ...state, poolLow: true };
      }
      return input.availableBits > lowBits * 1.25 ? { ...state, poolLow: false } : state;
    }
    case "tick":
      return state;
  }
}

/** Whether light arrives, judged by gates and not by the clock: frames that are late hold as many detections a gate. */
function observeLight(
  state: LinkHealth,
  told: { readonly detections: number; readonly gates: number },
  { expected, leastDetectionShare }: HealthPolicy,
): LinkHealth {
  const detections = state.light.detections + told.detections;
  const gates = state.light.gates + told.gates;
  const mean = gates * expected.clicksPerGate;
  if (mean < LEAST_LIGHT) return { ...state, light: { detections, gates } };
  return { ...state, unlit: detections < mean * leastDetectionShare, light: { detections: 0, gates: 0 } };
}

/**
 * Whether a block must not become key: its statistics point at an eavesdropper, or light from the line may have read
 * the settings of its pulses. What both sites know of a block is the same, so they judge it alike; where one knows more
 * (the output monitor, a charge learned for longer), its refusal counts for both.
 */
export function isSuspect(state: LinkHealth, report: BlockReport, policy: HealthPolicy): boolean {
  checkArgument("state", state, HEALTH_STATE_RULE);
  checkArgument("report", report, REPORT_RULE);
  checkArgument("policy", policy, POLICY_RULE);
  if (mayHaveBeenRead(state.output, report)) return true;
  const { expected, thresholds } = policy;
  return eavesdropperIndicators(report, expected, state.chargePerClick, thresholds).length > 0;
}

function observeBlock(
  state: LinkHealth,
  report: BlockReport,
  atMs: number,
  { expected, thresholds, maxQber }: HealthPolicy,
  events: ControllerEvent[],
): LinkHealth {
  const clicks = report.detections / Math.max(1, Number(report.gates));
  const indicators = eavesdropperIndicators(report, expected, state.chargePerClick, thresholds);
  const known = new Set(state.indicators.map((indicator) => indicator.name));
  for (const indicator of indicators) if (!known.has(indicator.name)) events.push(suspicion(indicator, atMs));
  const bits = report.aborted === null ? report.secretBits : 0;
  const enoughLight = clicks > LEAST_LOAD_TO_LEARN * expected.clicksPerGate;
  const learn = indicators.length === 0 && enoughLight && report.photocurrentNa > 0;
  return {
    ...state,
    indicators,
    backgroundLight: backgroundLight(report, expected, thresholds),
    chargePerClick: learn ? mix(state.chargePerClick, report.photocurrentNa / clicks) : state.chargePerClick,
    secretBits: [...state.secretBits, { atMs, bits }],
    present: {
      ...state.present,
      qberTooHigh: Math.max(report.qber.z, report.qber.x) > maxQber,
    },
  };
}

function suspicion({ name, attack, evidence }: Indicator, atMs: number): ControllerEvent {
  return { type: "eavesdropperSuspected", atMs, indicator: name, attack, evidence };
}

function judge(state: LinkHealth, atMs: number, policy: HealthPolicy, events: ControllerEvent[]): LinkHealth {
  const from = atMs - policy.rateWindowMs;
  const secretBits = state.secretBits.filter((entry) => entry.atMs > from);
  const measured = state.startedAtMs !== null && state.startedAtMs <= from;
  const rateBps = secretBits.reduce((sum, entry) => sum + entry.bits, 0) / (policy.rateWindowMs / 1000);
  const present = {
    ...state.present,
    eavesdropperSuspected: state.indicators.length > 0 || state.output.indicator !== null,
    linkDown: state.offline || state.dark || state.unlit,
    keyRateTooLow: measured && rateBps < policy.demandBps,
  };
  const held = all(NOT_HELD);
  for (const trouble of TROUBLES) {
    held[trouble] = hold(
      state.held[trouble],
      present[trouble],
      atMs,
      raiseMs(trouble, state, policy),
      policy.clearMs,
    );
  }
  const reason = TROUBLES.find((trouble) => held[trouble].active) ?? null;
  const weakness = reason ?? weaknessOf(state);
  const level: LinkLevel =
    reason !== null && reason !== "keyRateTooLow" ? "down" : weakness !== null ? "degraded" : "up";
  const worse = level !== state.level && (level === "down" || state.level === "up");
  if (worse) events.push({ type: "linkDegraded", atMs, reason: weakness ?? "" });
  if (level === "up" && state.level !== "up") events.push({ type: "linkRestored", atMs });
  return { ...state, secretBits, present, held, reason, level };
}

/** What makes a link poorer without taking it down. */
function weaknessOf({ readings, backgroundLight: light }: LinkHealth): string | null {
  if (readings !== null) return `readings out of range: ${readings}`;
  return light === null
    ? null
    : `background light: ${light.toExponential(1)} clicks per gate more than expected`;
}

/** What the gates themselves show needs no second look; connections and rates may flicker. */
function raiseMs(trouble: Trouble, { unlit }: LinkHealth, policy: HealthPolicy): number {
  const seen = trouble === "eavesdropperSuspected" || trouble === "qberTooHigh";
  return seen || (trouble === "linkDown" && unlit) ? 0 : policy.raiseMs;
}

function mix(old: number | null, fresh: number): number {
  return old === null ? fresh : old + LEARNING * (fresh - old);
}
