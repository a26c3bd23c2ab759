import type { CheckedNetwork } from "../../emulator/index.ts";
import { linkPreset } from "../../physics/index.ts";
import type { NetworkTally, Origin } from "./network-tally.ts";
import type { LinkStats } from "./running-network.ts";
import { shapeFigures } from "./topology.ts";

/** The one JSON line that a run ends with. */
export interface NetworkSummary {
  readonly network: string;
  /** Seconds of demand; the filling before is `fillS`. */
  readonly durationS: number;
  readonly fillS: number;
  readonly clockHz: number;
  /** Seconds of light that became frames over seconds of the wall clock, mean of all links; null without demand. */
  readonly realTimeFactor: number | null;
  readonly nodes: number;
  readonly links: number;
  readonly fibreKm: number;
  readonly pairs: number;
  readonly pairsIdentical: number;
  readonly requests: number;
  readonly served: Readonly<Record<Origin, number>>;
  readonly refused: number;
  readonly mostRefused: NetworkTally["mostRefused"];
  /** Requests that failed otherwise, by the code of the error. */
  readonly failed: Readonly<Record<string, number>>;
  /** Requests that found no key where the policy allows post-quantum ones, both nodes running. */
  readonly failedOptedIn: number;
  /** Requests of or with a node that the scenario had ended. */
  readonly unreachable: number;
  readonly unasked: number;
  readonly unfetched: number;
  readonly different: number;
  readonly latencyMs: { readonly p50: number | null; readonly p99: number | null };
  /** Pairs without a link whose last key had come over what broke, and those of them that got keys another way meanwhile. */
  readonly lostWays: number;
  readonly rerouted: number;
  /** Fibres that were cut. */
  readonly cuts: number;
  readonly cutLinks: readonly string[];
  /** Processor time of all processes over the demand's time, and their memory (PSS) at its end; null where the system does not say. */
  readonly cpuSPerS: number | null;
  readonly memoryMiB: number | null;
  readonly secretBits: number;
  readonly secretKeyRateBps: Readonly<Record<string, number>>;
  /**
   * Of links that were really built: the published rate, and the one of this run brought in proportion to the clock of the
   * link's preset; null before the first block.
   */
  readonly reported: readonly {
    readonly link: string;
    readonly reportedBps: number;
    readonly of: string;
    readonly atPresetClockBps: number | null;
  }[];
  /** Failures that nodes survived, by their code. */
  readonly failures: Readonly<Record<string, number>>;
}

/** What a run came to, beside its tally. */
export interface RunFigures
  extends Pick<
    NetworkSummary,
    | "durationS"
    | "fillS"
    | "realTimeFactor"
    | "cutLinks"
    | "cpuSPerS"
    | "memoryMiB"
    | "secretBits"
    | "secretKeyRateBps"
    | "failures"
  > {}

/** What is told of a run at its end. Pure. */
export function networkSummary(
  scenario: CheckedNetwork,
  tally: NetworkTally,
  figures: RunFigures,
): NetworkSummary {
  const { fibreKm, pairs } = shapeFigures(scenario);
  const { lost, rerouted } = tally.rerouting;
  const { refused, failed, unreachable } = tally.none;
  const { durationS, fillS, ...rest } = figures;
  return {
    network: scenario.name,
    durationS: rounded(durationS),
    fillS: rounded(fillS),
    clockHz: scenario.clockHz,
    nodes: scenario.nodes.length,
    links: scenario.links.length,
    fibreKm,
    pairs,
    pairsIdentical: tally.pairsIdentical,
    requests: tally.requests,
    served: { ...tally.served },
    refused,
    mostRefused: tally.mostRefused,
    failed: { ...tally.failed },
    failedOptedIn: scenario.policy.mode === "qkd-only" ? 0 : refused + failed,
    unreachable,
    unasked: tally.unasked,
    unfetched: tally.unfetched,
    different: tally.different,
    latencyMs: { p50: tally.latencyMs(0.5), p99: tally.latencyMs(0.99) },
    lostWays: lost,
    rerouted,
    cuts: rest.cutLinks.length,
    reported: scenario.links.flatMap(({ id, preset, reported }) => {
      if (reported === undefined) return [];
      const bps = rest.secretKeyRateBps[id];
      const times = linkPreset(preset).link.clockHz / scenario.clockHz;
      return [
        {
          link: id,
          reportedBps: reported.secretBitsPerS,
          of: reported.of,
          atPresetClockBps: bps === undefined ? null : Math.round(bps * times),
        },
      ];
    }),
    ...rest,
  };
}

/** Mean of all links that were lit at both ends throughout: seconds of light in frames over seconds of the wall clock. */
export function realTimeFactor(
  before: ReadonlyMap<string, LinkStats>,
  after: ReadonlyMap<string, LinkStats>,
  leftOut: ReadonlySet<string>,
): number | null {
  const factors = [...after].flatMap(([id, { keySeconds, wallSeconds }]) => {
    const began = before.get(id);
    if (began === undefined || leftOut.has(id) || !(wallSeconds > began.wallSeconds)) return [];
    return [(keySeconds - began.keySeconds) / (wallSeconds - began.wallSeconds)];
  });
  if (factors.length === 0) return null;
  return Number((factors.reduce((sum, each) => sum + each, 0) / factors.length).toFixed(4));
}

const rounded = (seconds: number): number => Number(seconds.toFixed(3));
