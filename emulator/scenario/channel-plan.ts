import {
  DEFAULT_NOISE_RECEIVER,
  FIBRE_RANGE_NM,
  fibreAttenuationDbPerKm,
  gridFrequencyThz,
  gridSlot,
  inQuantumFilter,
  nanometresOfTerahertz,
  terahertzOfNanometres,
} from "../../physics/index.ts";
import type { LinkPlan, PlannedChannel } from "../happenings/link-state/link-state.ts";
import type { FieldPath } from "../schema/complaint.ts";
import type { ChannelDescription, FibreDescription } from "./scenario.ts";
import { type ScenarioSource, scenarioError } from "./scenario-source.ts";

/** The finest grid of fixed spacing; the others are parts of it. */
const GRID_GHZ = 12.5;
/** Wavelengths are written with two or three decimals: they may miss the grid by this much. */
const ROUNDING_THZ = 0.0008;

/**
 * Places every channel on the grid and works out its launch power.
 * @throws ConfigError QKD_SCENARIO_INVALID for channels off the grid, in the quantum channel's filter, twice in the same place,
 * or without one power.
 */
export function planChannels(
  channels: readonly ChannelDescription[],
  fibre: FibreDescription,
  multiplex: LinkPlan["multiplex"],
  source: ScenarioSource,
): PlannedChannel[] {
  const planned: PlannedChannel[] = [];
  for (const [index, channel] of channels.entries()) {
    const path = ["dwdm", "channels", index];
    const frequencyThz = placeOf(channel, path, source);
    requireOutsideFilter(channel, frequencyThz, multiplex, path, source);
    const { name, direction, lit } = channel;
    const twin = planned.find((other) => other.name === name);
    if (twin !== undefined)
      throw scenarioError(source, {
        path: [...path, "name"],
        says: `is ${name} for the second time`,
        value: name,
      });
    const neighbour = planned.find(
      (other) => other.frequencyThz === frequencyThz && other.direction === direction,
    );
    if (neighbour !== undefined)
      throw scenarioError(source, { path, says: `lies where the channel ${neighbour.name} lies` });
    planned.push({
      name,
      direction,
      lit,
      frequencyThz,
      launchDbm: launchOf(channel, frequencyThz, fibre, path, source),
    });
  }
  return planned;
}

function placeOf(channel: ChannelDescription, path: FieldPath, source: ScenarioSource): number {
  const given = (["itu", "wavelengthNm", "frequencyThz"] as const).filter(
    (field) => channel[field] !== undefined,
  );
  const [field] = given;
  if (field === undefined || given.length > 1)
    throw scenarioError(source, {
      path,
      says: given.length === 0 ? "has no place in the spectrum" : `has ${given.join(" and ")}`,
      allowed: "exactly one of itu, wavelengthNm, frequencyThz",
    });
  const value = channel[field] ?? 0;
  if (field === "itu") return gridFrequencyThz(value - 31, 100);
  const thz = field === "wavelengthNm" ? terahertzOfNanometres(value) : value;
  const nearest = gridFrequencyThz(Math.round(((thz - 193.1) * 1000) / GRID_GHZ), GRID_GHZ);
  const tolerance = field === "wavelengthNm" ? ROUNDING_THZ : 1e-7;
  if (Math.abs(nearest - thz) > tolerance)
    throw scenarioError(source, {
      path: [...path, field],
      says: `is ${value}`,
      value,
      allowed: `the ${GRID_GHZ} GHz grid around 193.1 THz, nearest ${nearest.toFixed(4)} THz or ${nanometresOfTerahertz(nearest).toFixed(3)} nm`,
    });
  gridSlot(nearest, GRID_GHZ);
  return nearest;
}

/** Dark channels as well: the timeline may light them. */
function requireOutsideFilter(
  channel: ChannelDescription,
  frequencyThz: number,
  { quantumWavelengthNm, receiver }: LinkPlan["multiplex"],
  path: FieldPath,
  source: ScenarioSource,
): void {
  const { filterBandwidthNm } = { ...DEFAULT_NOISE_RECEIVER, ...receiver };
  if (!inQuantumFilter(frequencyThz, { quantumWavelengthNm, filterBandwidthNm })) return;
  const field = (["itu", "wavelengthNm", "frequencyThz"] as const).find((one) => channel[one] !== undefined);
  const value = channel[field ?? "frequencyThz"];
  throw scenarioError(source, {
    path: [...path, field ?? "frequencyThz"],
    says: `is ${value}`,
    value,
    allowed: `outside the quantum channel's filter at ${Number(quantumWavelengthNm.toFixed(3))} nm`,
  });
}

function launchOf(
  channel: ChannelDescription,
  frequencyThz: number,
  fibre: FibreDescription,
  path: FieldPath,
  source: ScenarioSource,
): number {
  const { launchDbm, receiveDbm } = channel;
  if ((launchDbm === undefined) === (receiveDbm === undefined))
    throw scenarioError(source, {
      path,
      says: launchDbm === undefined ? "has no power" : "has launchDbm and receiveDbm",
      allowed: "exactly one of launchDbm, receiveDbm",
    });
  if (launchDbm !== undefined) return launchDbm;
  const wavelengthNm = nanometresOfTerahertz(frequencyThz);
  const inModel = wavelengthNm >= FIBRE_RANGE_NM.min && wavelengthNm <= FIBRE_RANGE_NM.max;
  const dbPerKm = inModel ? fibreAttenuationDbPerKm(wavelengthNm) : 0;
  const launched = (receiveDbm ?? 0) + dbPerKm * fibre.lengthKm + jointLossDb(fibre);
  if (launched > 10 || launched < -40)
    throw scenarioError(source, {
      path: [...path, "receiveDbm"],
      says: `is ${receiveDbm}, which needs a launch power of ${launched.toFixed(1)} dBm`,
      value: receiveDbm,
      allowed: "a launch power of at least -40 and at most 10 dBm",
    });
  return launched;
}

/** Loss of all connectors and splices, dB. */
export function jointLossDb({ connectors = [], splices = [] }: FibreDescription): number {
  return [...connectors, ...splices].reduce((sum, { lossDb }) => sum + lossDb, 0);
}
