import { linkPreset, requireInRange } from "../../physics/index.ts";
import { spanFits } from "../happenings/field.ts";
import { declarationOf } from "../happenings/happenings.ts";
import { isSiteLevel, type Level } from "../happenings/link-state/level.ts";
import { changedLevels, levelsOf } from "../happenings/link-state/levels-of.ts";
import {
  type Change,
  DEFAULT_AMBIENT_C,
  type LinkPlan,
  type LinkState,
  undisturbed,
} from "../happenings/link-state/link-state.ts";
import { connectorKey } from "../happenings/link-state/losses.ts";
import { applyControl } from "../optics/apply-control.ts";
import { nominalConditions, type OpticsConditions } from "../optics/conditions.ts";
import type { OpticsControl } from "../optics/control.ts";
import { checkedSeconds } from "../schema/duration.ts";
import { jointLossDb, planChannels } from "./channel-plan.ts";
import { checkTimeline } from "./check-timeline.ts";
import type { CompiledScenario, LevelStep } from "./compiled-scenario.ts";
import { fibreLossDb, linkOfScenario } from "./link-of-scenario.ts";
import { type Moment, momentsOf } from "./moments.ts";
import type { Scenario } from "./scenario.ts";
import { blaming, OBJECT_SOURCE, type ScenarioSource, scenarioError } from "./scenario-source.ts";
import { type StateStep, stateSteps } from "./state-steps.ts";
import { timelineEntries } from "./timeline-entry.ts";
import { wireSteps } from "./wire-steps.ts";

/** Breakdown voltage of the detectors, as the devices have it. */
const BREAKDOWN_V = 55;
const DEFAULT_LONGEST_FRAME_S = 0.25;
/** More steps than this would hold up the light. */
const MOST_STEPS = 100_000;

/**
 * Checks what a schema cannot tell and works out every moment of the timeline.
 * @throws ConfigError QKD_SCENARIO_INVALID for contradictions, unknown names and unphysical values, with file, line, field.
 */
export function compileScenario(
  scenario: Scenario,
  source: ScenarioSource = OBJECT_SOURCE,
): CompiledScenario {
  checkDurations(scenario, source);
  const link = linkOfScenario(scenario, source);
  const channels = planChannels(scenario.dwdm?.channels ?? [], scenario.fibre, multiplexOf(scenario), source);
  const entries = timelineEntries(scenario, source);
  const plan: LinkPlan = {
    connectors: namedConnectors(scenario),
    channels,
    multiplex: multiplexOf(scenario),
    aerial: scenario.fibre.kind === "aerial",
    gatesApart: (scenario.initial?.detectorSkewPs ?? 0) !== 0,
  };
  checkTimeline(entries, plan, source);
  const start = startState(scenario, plan, undisturbed(link));
  const startLevels = levelsOf(start, plan);
  const initial = [...startLevels.values(), ...initialControls(scenario)];
  const conditions = blaming(
    source,
    () => ["initial"],
    () => initial.reduce(judged, nominalConditions(link)),
  );
  const steps = entries
    .flatMap((entry) => stateSteps(entry, plan))
    .map((step, order) => ({ ...step, order }))
    // What ends at a moment makes room for what begins then.
    .sort((a, b) => a.atS - b.atS || Number(begins(a)) - Number(begins(b)) || a.order - b.order);
  if (steps.length > MOST_STEPS)
    throw scenarioError(source, {
      path: ["timeline"],
      says: `takes ${steps.length} steps`,
      value: steps.length,
      allowed: `at most ${MOST_STEPS}: lengthen periods or shorten the events`,
    });
  return {
    name: scenario.name,
    title: scenario.title,
    seed: BigInt(scenario.seed ?? 1),
    link,
    plan,
    start,
    drift: scenario.drift,
    startsAtOnce: scenario.starts === "at once",
    durationS: checkedSeconds(scenario.duration),
    longestFrameS:
      scenario.longestFrame === undefined ? DEFAULT_LONGEST_FRAME_S : checkedSeconds(scenario.longestFrame),
    devices: deviceStarts(scenario),
    initial,
    levelSteps: levelSteps(steps, start, conditions, plan, source),
    wireSteps: entries.flatMap(wireSteps).sort((a, b) => a.atS - b.atS),
    moments: entries.flatMap(momentsOf).sort(inOrder),
  };
}

/** What ends at a moment makes room for what begins then. */
const inOrder = (a: Moment, b: Moment): number =>
  a.atS - b.atS || Number(a.phase === "begins") - Number(b.phase === "begins");

const begins = ({ atS, entry }: StateStep): boolean => atS === entry.fromS;

function levelSteps(
  steps: readonly StateStep[],
  start: LinkState,
  conditions: OpticsConditions,
  plan: LinkPlan,
  source: ScenarioSource,
): LevelStep[] {
  const found: LevelStep[] = [];
  let state = start;
  let levels = levelsOf(start, plan);
  let now = conditions;
  let changes: Change[] = [];
  for (const [index, step] of steps.entries()) {
    state = step.change(state);
    changes.push(step.change);
    if (steps[index + 1]?.atS === step.atS) continue;
    const next = levelsOf(state, plan);
    const changed = changedLevels(levels, next);
    levels = next;
    if (changed.length === 0) continue;
    now = blaming(
      source,
      () => ["timeline", step.entry.index],
      () => changed.reduce(judged, now),
    );
    found.push({ atS: step.atS, levels: changed, change: oneAfterTheOther(changes) });
    changes = [];
  }
  return found;
}

const oneAfterTheOther =
  (changes: readonly Change[]): Change =>
  (state) =>
    changes.reduce((now, change) => change(now), state);

/** Conditions after a level, refused where the link would refuse it. */
function judged(now: OpticsConditions, level: Level): OpticsConditions {
  return isSiteLevel(level) ? now : applyControl(now, level);
}

function checkDurations(scenario: Scenario, source: ScenarioSource): void {
  const check = (field: "duration" | "longestFrame", min: number, max: number): void => {
    if (scenario[field] === undefined) return;
    blaming(
      source,
      () => [field],
      () => requireInRange(field, checkedSeconds(scenario[field]), { min, max }),
    );
  };
  check("duration", 0.1, 31 * 86_400);
  check("longestFrame", 0.01, 60);
  for (const [index, event] of scenario.timeline.entries()) {
    const texts = event as unknown as Readonly<Record<string, unknown>>;
    for (const [name, field] of Object.entries(declarationOf(event).fields)) {
      const text = texts[name];
      if (field.spanS === undefined || typeof text !== "string" || spanFits(field, text)) continue;
      const { spanS } = field;
      blaming(
        source,
        () => ["timeline", index, name],
        () => requireInRange(name, checkedSeconds(text), spanS),
      );
    }
  }
}

/** Connectors that events refer to. */
function namedConnectors({ fibre }: Scenario): LinkPlan["connectors"] {
  return (fibre.connectors ?? []).flatMap(({ name, lossDb }) =>
    name === undefined ? [] : [{ name, lossDb }],
  );
}

function startState(scenario: Scenario, { connectors, channels }: LinkPlan, plain: LinkState): LinkState {
  const { fibre, devices, initial } = scenario;
  const ownDb = fibreLossDb(scenario) - jointLossDb({ ...fibre, connectors, splices: [] });
  const losses = connectors.map(({ name, lossDb }) => [connectorKey(name), lossDb] as const);
  const lit = channels
    .filter((channel) => channel.lit)
    .map(({ name, launchDbm }) => [name, launchDbm] as const);
  return {
    ...plain,
    lossesDb: { fibre: ownDb, ...Object.fromEntries(losses) },
    litDbm: Object.fromEntries(lit),
    ambientC: {
      alice: devices?.alice?.ambientC ?? plain.ambientC.alice,
      bob: devices?.bob?.ambientC ?? plain.ambientC.bob,
    },
    laserPower: initial?.laserRelativePower ?? plain.laserPower,
    visibility: initial?.visibility ?? plain.visibility,
    phaseDrift: initial?.phaseDrift ?? plain.phaseDrift,
  };
}

/** What holds from the first gate on and never changes by the timeline. */
function initialControls({ initial, devices }: Scenario): OpticsControl[] {
  const controls: OpticsControl[] = [];
  const { detectorTemperatureC, detectorBiasV } = devices?.bob ?? {};
  if (initial?.intensityJitter !== undefined)
    controls.push({ type: "intensityJitter", relative: initial.intensityJitter });
  if (initial?.detectorSkewPs !== undefined)
    controls.push({ type: "gateAlignment", delayPs: 0, skewPs: initial.detectorSkewPs });
  if (detectorTemperatureC !== undefined)
    controls.push({ type: "detectorTemperature", celsius: detectorTemperatureC });
  if (detectorBiasV !== undefined)
    controls.push({ type: "detectorBias", volt: Math.max(0, detectorBiasV - BREAKDOWN_V) });
  return controls;
}

function multiplexOf({ dwdm, fibre, preset }: Scenario): LinkPlan["multiplex"] {
  const { filterBandwidthNm, isolationDb, returnLossDb } = dwdm ?? {};
  return {
    quantumWavelengthNm: dwdm?.quantumWavelengthNm ?? linkPreset(preset).quantumWavelengthNm,
    fibreKm: fibre.lengthKm,
    receiver: {
      ...(filterBandwidthNm === undefined ? {} : { filterBandwidthNm }),
      ...(isolationDb === undefined ? {} : { isolationDb }),
      ...(returnLossDb === undefined ? {} : { returnLossDb }),
    },
  };
}

function deviceStarts({ devices }: Scenario): CompiledScenario["devices"] {
  const { detectorTemperatureC, detectorBiasV } = devices?.bob ?? {};
  return {
    alice: {
      serial: devices?.alice?.serial,
      ambientC: devices?.alice?.ambientC ?? DEFAULT_AMBIENT_C,
      parameters: {},
    },
    bob: {
      serial: devices?.bob?.serial,
      ambientC: devices?.bob?.ambientC ?? DEFAULT_AMBIENT_C,
      parameters: {
        ...(detectorTemperatureC === undefined ? {} : { detectorTemperatureC }),
        ...(detectorBiasV === undefined ? {} : { detectorBiasV }),
      },
    },
  };
}
