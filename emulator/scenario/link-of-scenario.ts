import { checkLinkParameters, type LinkParameters, linkPreset } from "../../physics/index.ts";
import type { FieldPath } from "../schema/complaint.ts";
import { jointLossDb } from "./channel-plan.ts";
import type { Scenario } from "./scenario.ts";
import { blaming, type ScenarioSource } from "./scenario-source.ts";

/** Where a scenario states what link parameters call by another name. */
const STATED_AT: Readonly<Record<string, FieldPath>> = {
  clockHz: ["clockHz"],
  intensities: ["protocol", "intensities"],
  intensityProbabilities: ["protocol", "intensityProbabilities"],
  aliceZProbability: ["protocol", "aliceZProbability"],
  bobZProbability: ["protocol", "bobZProbability"],
  channelLossDb: ["fibre"],
  receiverLossDb: ["devices", "bob", "receiverLossDb"],
  detectorEfficiency: ["devices", "bob", "detectors", "efficiency"],
  darkCountsPerGate: ["devices", "bob", "detectors", "darkCountsPerGate"],
  afterpulseProbability: ["devices", "bob", "detectors", "afterpulseProbability"],
  deadGates: ["devices", "bob", "detectors", "deadGates"],
  misalignment: ["initial", "visibility"],
};

/**
 * Link parameters at the first gate of a scenario, with nothing of its timeline.
 * @throws ConfigError QKD_SCENARIO_INVALID for parameters that no hardware can have.
 */
export function linkOfScenario(scenario: Scenario, source: ScenarioSource): LinkParameters {
  const { link: base } = linkPreset(scenario.preset);
  const { protocol = {}, devices, clockHz, initial } = scenario;
  const { detectors, receiverLossDb } = devices?.bob ?? {};
  const visibility = initial?.visibility;
  const link: LinkParameters = {
    ...base,
    ...protocol,
    channelLossDb: fibreLossDb(scenario),
    clockHz: clockHz ?? base.clockHz,
    receiverLossDb: receiverLossDb ?? base.receiverLossDb,
    detectorEfficiency: detectors?.efficiency ?? base.detectorEfficiency,
    darkCountsPerGate: detectors?.darkCountsPerGate ?? base.darkCountsPerGate,
    afterpulseProbability: detectors?.afterpulseProbability ?? base.afterpulseProbability,
    deadGates: detectors?.deadGates ?? base.deadGates,
    misalignment:
      visibility === undefined ? base.misalignment : { z: (1 - visibility.z) / 2, x: (1 - visibility.x) / 2 },
  };
  blaming(source, pathOf, () => checkLinkParameters(link));
  return link;
}

/** Loss of the fibre with its joints as they are when nothing happens, dB. */
export function fibreLossDb({ fibre, preset }: Scenario): number {
  const dbPerKm = fibre.attenuationDbPerKm ?? linkPreset(preset).fibreDbPerKm;
  return fibre.lengthKm * dbPerKm + jointLossDb(fibre);
}

function pathOf(field: string): FieldPath {
  const match = /^([A-Za-z]+)(?:\[(\d+)\]|\.(\w+))?/.exec(field);
  const base = STATED_AT[match?.[1] ?? ""] ?? ["preset"];
  const inner = match?.[2] === undefined ? match?.[3] : Number(match[2]);
  return inner === undefined || base[0] === "fibre" ? base : [...base, inner];
}
