import { finiteRate, predictLink } from "../../../physics/index.ts";
import { INPUT_REGISTERS } from "../../../protocol/index.ts";
import { DEFAULT_FALLBACK_POLICY } from "../../policy/fallback/fallback-policy.ts";
import { DEFAULT_HEALTH_POLICY } from "../../policy/health/health-settings.ts";
import type { BuiltLink, LinkAction, SiteLimits, SiteView, TemperatureRange } from "../api/index.ts";
import type { WatchOptions } from "./watch-options.ts";

/** Leak of reconciliation over the Shannon limit that the expected rate reckons with. */
const EFFICIENCY = 1.05;
/** Loss above the built one from which a link is not as it was built, decibel. */
const OPERATING_MARGIN_DB = 0.5;
const PPM = 1e-6;

/** What does not change while a site runs. Throws ConfigError for a link without a steady state. */
export function siteViewOf(
  options: WatchOptions,
  startedAtMs: number,
  actions: readonly LinkAction[],
): SiteView {
  const { site, transceiver, linkId, node, peerNode } = options;
  const { role, vendor, model, serial, firmware, clockHz } = transceiver.identity;
  return {
    site: site.role,
    linkId,
    node,
    peerNode,
    links: [linkId],
    pairs: [peerNode],
    startedAtMs,
    unit: { role, vendor, model, serial, firmware, clockHz },
    built: builtLink(options),
    limits: limitsOf(options),
    temperatures: temperaturesOf(role),
    emulated: options.emulated ?? false,
    explains: options.explanation$ !== undefined,
    actions,
  };
}

function builtLink({ distillation, elements }: WatchOptions): BuiltLink {
  const { link, blockBits, epsilonSecrecy, epsilonCorrectness } = distillation;
  const { qber } = predictLink(link);
  const rate = finiteRate(link, {
    bound: "composable",
    blockBits,
    reconciliationEfficiency: EFFICIENCY,
    epsilonSecrecy,
    epsilonCorrectness,
  });
  return {
    lossDb: link.channelLossDb,
    qberZ: qber.z,
    qberX: qber.x,
    secretKeyRateBps: rate.rateBps,
    blockS: rate.blockS,
    meanPhotonNumber: link.intensities[0],
    elements: elements ?? [{ kind: "span", name: "Fibre", detail: null, lossDb: link.channelLossDb }],
  };
}

function limitsOf({ distillation, health, fallback }: WatchOptions): SiteLimits {
  const policy = { ...DEFAULT_HEALTH_POLICY, ...health };
  const { operating = [0, 0], absolute = [0, 0] } = INPUT_REGISTERS.qberZPpm;
  return {
    qberOperating: operating[1] * PPM,
    qberSite: policy.maxQber,
    qberAbsolute: absolute[1] * PPM,
    lossOperatingDb: distillation.link.channelLossDb + OPERATING_MARGIN_DB,
    leastRateBps: policy.demandBps,
    poolLowBits: policy.lowBits,
    fallbackBits: fallback?.engageBelowBits ?? DEFAULT_FALLBACK_POLICY.engageBelowBits,
  };
}

function temperaturesOf(role: "qtx" | "qrx"): TemperatureRange[] {
  return Object.entries(INPUT_REGISTERS).flatMap(([name, register]) => {
    if (register.unit !== "degC" || (register.role !== "both" && register.role !== role)) return [];
    const { operating, absolute } = register as {
      operating?: readonly [number, number];
      absolute?: readonly [number, number];
    };
    return operating === undefined || absolute === undefined ? [] : [{ name, operating, absolute }];
  });
}
