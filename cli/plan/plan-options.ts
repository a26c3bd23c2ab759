import { type Command, Option } from "commander";
import type { LinkPlan } from "../../commissioning/index.ts";
import { ConfigError } from "../../errors/index.ts";
import {
  type BoundName,
  DEFAULT_NOISE_RECEIVER,
  LINK_PRESETS,
  type LinkParameters,
  type LinkPreset,
  linkPreset,
  requireInRange,
} from "../../physics/index.ts";
import { onFibre, plannedFibre } from "./fibre-link.ts";
import { readChannelPlan } from "./plan-channels.ts";
import { presetNameOf } from "./plan-contradictions.ts";
import type { PlannedLink } from "./plan-report.ts";
import { parseSweep, type Sweep } from "./plan-sweep.ts";

const BOUNDS = ["t12", "lim", "lim-chernoff", "rusca", "composable"] as const satisfies readonly BoundName[];

/** Flags as commander hands them over. */
export interface PlanFlags {
  readonly preset?: string;
  readonly fibre?: string;
  readonly demandBps?: number;
  readonly stockBits?: number;
  readonly tunnels?: number;
  readonly rekeyS?: number;
  readonly ageingDbPerYear?: number;
  readonly years?: number;
  readonly repairsDb?: number;
  readonly lossDb?: number;
  readonly fibreKm?: number;
  readonly fibreDbPerKm?: number;
  readonly channels?: string;
  readonly blockBits?: number;
  readonly sessionS?: number;
  readonly bound?: BoundName;
  readonly reconciliationEfficiency?: number;
  readonly epsilon?: number;
  readonly optimise?: boolean;
  readonly sweep?: Sweep;
  readonly svg?: string;
  readonly json?: boolean;
  readonly clockHz?: number;
  readonly intensities?: number[];
  readonly intensityProbabilities?: number[];
  readonly aliceZProbability?: number;
  readonly bobZProbability?: number;
  readonly receiverLossDb?: number;
  readonly detectorEfficiency?: number[];
  readonly darkCountsPerGate?: number[];
  readonly afterpulseProbability?: number;
  readonly afterpulseGates?: number;
  readonly deadGates?: number;
  readonly misalignment?: number[];
  readonly noisePerGate?: number;
  readonly quantumWavelengthNm?: number;
  readonly filterBandwidthNm?: number;
  readonly gateWindowPs?: number;
  readonly isolationDb?: number;
  readonly returnLossDb?: number;
  readonly availability?: number;
}

/** Declares every flag of `plan`. */
export function declarePlanOptions(command: Command): Command {
  return command
    .option(
      "--preset <name>",
      `one of ${Object.keys(LINK_PRESETS).join(", ")} (default: the plan file's, or yuan2018)`,
    )
    .option("--fibre <file>", "plan of the link: spans, joints, channels, ageing, demand (YAML)")
    .option("--loss-db <dB>", "loss of the fibre, connectors and splices included", number("--loss-db"))
    .option("--fibre-km <km>", "length of the fibre, instead of its loss", number("--fibre-km"))
    .option("--fibre-db-per-km <dB>", "attenuation at the quantum wavelength", number("--fibre-db-per-km"))
    .option(
      "--channels <csv>",
      "classical channels on the fibre: frequency_thz or wavelength_nm, launch_dbm, direction",
    )
    .option("--block-bits <bits>", "key-basis sifted bits of a block", number("--block-bits"))
    .option("--session-s <s>", "length of a session, instead of a block", number("--session-s"))
    .addOption(new Option("--bound <name>", "key length bound").choices(BOUNDS))
    .option(
      "--reconciliation-efficiency <f>",
      "disclosed bits over n h(Q)",
      number("--reconciliation-efficiency"),
    )
    .option("--epsilon <eps>", "secrecy and correctness, each", number("--epsilon"))
    .option(
      "--availability <share>",
      "share of the time in which the system makes key",
      number("--availability"),
    )
    .option("--optimise", "choose intensities, probabilities and basis bias for the greatest finite rate")
    .option("--sweep <range>", "loss=FROM:TO:STEP in dB, or fibre=FROM:TO:STEP in km", parseSweep)
    .option("--svg <file>", "draw the sweep (by default loss=0:30:1)")
    .option("--json", "print JSON")
    .optionsGroup("What the link has to serve (over what the plan file says):")
    .option("--demand-bps <bits/s>", "key that is asked for, tunnels aside", number("--demand-bps"))
    .option("--stock-bits <bits>", "key in stock at the site that asks", number("--stock-bits"))
    .option("--tunnels <n>", "tunnels that rekey, with --rekey-s", number("--tunnels"))
    .option("--rekey-s <s>", "how often each of them takes a new key", number("--rekey-s"))
    .option(
      "--ageing-db-per-year <dB>",
      "loss that the fibre gains each year",
      number("--ageing-db-per-year"),
    )
    .option("--years <n>", "years for which the link is planned", number("--years"))
    .option("--repairs-db <dB>", "loss that later repairs may add", number("--repairs-db"))
    .optionsGroup("Physical parameters (defaults from the preset):")
    .option("--clock-hz <Hz>", "pulses per second", number("--clock-hz"))
    .option("--intensities <u,v,w>", "mean photon numbers leaving Alice", list("--intensities", 3, 3))
    .option(
      "--intensity-probabilities <u,v,w>",
      "how often each is sent",
      list("--intensity-probabilities", 3, 3),
    )
    .option("--alice-z-probability <p>", "Alice prepares Z", number("--alice-z-probability"))
    .option("--bob-z-probability <p>", "Bob measures Z", number("--bob-z-probability"))
    .option("--receiver-loss-db <dB>", "Bob's optics", number("--receiver-loss-db"))
    .option(
      "--detector-efficiency <e[,e]>",
      "of both or of each detector",
      list("--detector-efficiency", 1, 2),
    )
    .option(
      "--dark-counts-per-gate <p[,p]>",
      "of both or of each detector",
      list("--dark-counts-per-gate", 1, 2),
    )
    .option("--afterpulse-probability <p>", "afterpulses of an avalanche", number("--afterpulse-probability"))
    .option("--afterpulse-gates <n>", "their time constant in gates", number("--afterpulse-gates"))
    .option("--dead-gates <n>", "blind gates after a click", number("--dead-gates"))
    .option(
      "--misalignment <z[,x]>",
      "wrong-detector fraction (1 - visibility) / 2",
      list("--misalignment", 1, 2),
    )
    .option("--noise-per-gate <p>", "other noise clicks per gate, both detectors", number("--noise-per-gate"))
    .option("--quantum-wavelength-nm <nm>", "of the quantum channel", number("--quantum-wavelength-nm"))
    .option("--filter-bandwidth-nm <nm>", "of Bob's filter", number("--filter-bandwidth-nm"))
    .option("--gate-window-ps <ps>", "in which a photon makes a click", number("--gate-window-ps"))
    .option("--isolation-db <dB>", "rejection of classical channels", number("--isolation-db"))
    .option(
      "--return-loss-db <dB>",
      "backward light returning to Bob, below its launch",
      number("--return-loss-db"),
    );
}

/** The link that the flags describe, on the fibre of a plan where one is given. */
export function plannedLink(flags: PlanFlags, plan: LinkPlan | null = null): PlannedLink {
  const name = flags.preset ?? presetNameOf(plan ?? {});
  const preset = linkPreset(name);
  exclusive("--loss-db", flags.lossDb, "--fibre-km", flags.fibreKm);
  exclusive("--block-bits", flags.blockBits, "--session-s", flags.sessionS);
  const fibreDbPerKm = flags.fibreDbPerKm ?? preset.fibreDbPerKm;
  requireInRange("--fibre-db-per-km", fibreDbPerKm, { min: 0.1, max: 10 });
  if (flags.lossDb !== undefined) requireInRange("--loss-db", flags.lossDb, { min: 0, max: 200 });
  if (flags.fibreKm !== undefined) requireInRange("--fibre-km", flags.fibreKm, { min: 0, max: 1000 });
  const channelLossDb =
    flags.lossDb ?? (flags.fibreKm === undefined ? preset.link.channelLossDb : flags.fibreKm * fibreDbPerKm);
  const epsilon = flags.epsilon ?? preset.epsilon;
  const availability = flags.availability ?? plan?.availability ?? preset.availability;
  requireInRange("--availability", availability, { min: 0, max: 1 });
  const filter = {
    quantumWavelengthNm: flags.quantumWavelengthNm ?? preset.quantumWavelengthNm,
    filterBandwidthNm:
      flags.filterBandwidthNm ??
      plan?.receiverFilter?.bandwidthNm ??
      DEFAULT_NOISE_RECEIVER.filterBandwidthNm,
  };
  const planned: PlannedLink = {
    preset: name,
    presetKind: preset.kind,
    availability,
    link: { ...linkOf(preset.link, flags), channelLossDb },
    plan: {
      bound: flags.bound ?? preset.bound,
      ...blockOf(preset, flags),
      reconciliationEfficiency: flags.reconciliationEfficiency ?? preset.reconciliationEfficiency,
      epsilonSecrecy: epsilon,
      epsilonCorrectness: epsilon,
    },
    fibreDbPerKm,
    channels: flags.channels === undefined ? [] : readChannelPlan(flags.channels, filter),
    noise: {
      ...filter,
      gateWindowPs: flags.gateWindowPs ?? DEFAULT_NOISE_RECEIVER.gateWindowPs,
      isolationDb: flags.isolationDb ?? DEFAULT_NOISE_RECEIVER.isolationDb,
      returnLossDb: flags.returnLossDb ?? DEFAULT_NOISE_RECEIVER.returnLossDb,
    },
  };
  return plan === null ? planned : onPlannedFibre(planned, plan, flags);
}

/** A flag goes before the plan. */
function onPlannedFibre(planned: PlannedLink, plan: LinkPlan, flags: PlanFlags): PlannedLink {
  for (const [flag, given] of [
    ["--loss-db", flags.lossDb],
    ["--fibre-km", flags.fibreKm],
    ["--fibre-db-per-km", flags.fibreDbPerKm],
  ] as const)
    exclusive(flag, given, "--fibre", plan);
  const fibre = plannedFibre(plan, planned.preset);
  const link = onFibre(planned, fibre);
  const { filterBandwidthNm = fibre.filter.filterBandwidthNm, isolationDb = fibre.filter.isolationDb } =
    flags;
  return {
    ...link,
    channels: flags.channels === undefined ? link.channels : planned.channels,
    noise: { ...link.noise, filterBandwidthNm, isolationDb },
  };
}

function blockOf(preset: LinkPreset, flags: PlanFlags): { blockBits?: number; sessionS?: number } {
  if (flags.blockBits !== undefined) return { blockBits: flags.blockBits };
  if (flags.sessionS !== undefined) return { sessionS: flags.sessionS };
  return preset.blockBits === undefined
    ? { sessionS: preset.sessionS ?? 1200 }
    : { blockBits: preset.blockBits };
}

function linkOf(base: LinkParameters, flags: PlanFlags): LinkParameters {
  const both = (values: number[] | undefined) =>
    values === undefined ? undefined : ([values[0], values[values.length - 1]] as [number, number]);
  const [z, x] = both(flags.misalignment) ?? [base.misalignment.z, base.misalignment.x];
  const gates = flags.afterpulseGates;
  return {
    ...base,
    clockHz: flags.clockHz ?? base.clockHz,
    intensities: (flags.intensities as [number, number, number] | undefined) ?? base.intensities,
    intensityProbabilities:
      (flags.intensityProbabilities as [number, number, number] | undefined) ?? base.intensityProbabilities,
    aliceZProbability: flags.aliceZProbability ?? base.aliceZProbability,
    bobZProbability: flags.bobZProbability ?? base.bobZProbability,
    receiverLossDb: flags.receiverLossDb ?? base.receiverLossDb,
    detectorEfficiency: both(flags.detectorEfficiency) ?? base.detectorEfficiency,
    darkCountsPerGate: both(flags.darkCountsPerGate) ?? base.darkCountsPerGate,
    afterpulseProbability: flags.afterpulseProbability ?? base.afterpulseProbability,
    afterpulseDecay: gates === undefined ? base.afterpulseDecay : [{ weight: 1, gates }],
    deadGates: flags.deadGates ?? base.deadGates,
    misalignment: { z, x },
    noisePerGate: flags.noisePerGate ?? base.noisePerGate,
  };
}

function exclusive(first: string, one: unknown, second: string, other: unknown): void {
  if (one === undefined || other === undefined) return;
  throw new ConfigError("QKD_USAGE", `${first} and ${second} say the same thing twice`, {
    remedy: "give one of them",
  });
}

function number(flag: string) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value)) return value;
    throw new ConfigError("QKD_USAGE", `${flag} needs a number, not "${text}"`);
  };
}

function list(flag: string, fewest: number, most: number) {
  const parse = number(flag);
  return (text: string): number[] => {
    const values = text.split(",").map(parse);
    if (values.length >= fewest && values.length <= most) return values;
    const wanted = fewest === most ? `${most}` : `${fewest} or ${most}`;
    throw new ConfigError("QKD_USAGE", `${flag} needs ${wanted} numbers separated by commas, not "${text}"`);
  };
}
