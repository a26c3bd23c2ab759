import { channelThz, fibreElements, type LinkPlan } from "../../commissioning/index.ts";
import { type ClassicalChannel, DEFAULT_NOISE_RECEIVER, linkPreset } from "../../physics/index.ts";
import { bandOf, presetNameOf } from "./plan-contradictions.ts";
import type { PlannedLink } from "./plan-report.ts";

/** A part of the fibre and what it takes from the budget. */
export interface BudgetPart {
  readonly kind: "span" | "connector" | "splice" | "mux" | "other";
  readonly name: string;
  readonly lossDb: number;
  /** Nobody measured it, nor does the plan state it. */
  readonly assumed: boolean;
  /** Length of a span. */
  readonly lengthKm: number | null;
}

/** What a plan says of a fibre, as the closed form wants it. */
export interface PlannedFibre {
  readonly parts: readonly BudgetPart[];
  readonly lossDb: number;
  readonly fibreKm: number;
  /** Of the spans alone. */
  readonly dbPerKm: number;
  readonly channels: readonly ClassicalChannel[];
  readonly filter: { readonly filterBandwidthNm: number; readonly isolationDb: number };
}

/** The closed form knows no steeper fibre; where a span is, its loss counts in full and only its noise is a little off. */
const STEEPEST_DB_PER_KM = 10;

/** The fibre of a plan at the wavelength of a preset, by default the plan's own. */
export function plannedFibre(plan: LinkPlan, preset: string = presetNameOf(plan)): PlannedFibre {
  const usual = linkPreset(preset).fibreDbPerKm;
  const fibre = plan.fibre === undefined ? undefined : { ...plan.fibre, band: bandOf(preset) };
  const spans = fibre?.spans ?? [];
  const lengths = new Map(spans.map(({ name, lengthKm }) => [name, lengthKm]));
  const parts = fibreElements({ fibre } as LinkPlan).map(({ kind, name, lossDb, limitDb }): BudgetPart => {
    const span = kind === "span";
    return {
      kind,
      name,
      lossDb: lossDb ?? limitDb / 2,
      assumed: span ? isAssumed(spans.find((one) => one.name === name)) : lossDb === null,
      lengthKm: span ? (lengths.get(name) ?? null) : null,
    };
  });
  const fibreKm = spans.reduce((sum, { lengthKm }) => sum + lengthKm, 0);
  const spanDb = sumOf(parts.filter(({ kind }) => kind === "span"));
  return {
    parts,
    lossDb: sumOf(parts),
    fibreKm,
    dbPerKm: fibreKm > 0 && spanDb > 0 ? Math.min(STEEPEST_DB_PER_KM, spanDb / fibreKm) : usual,
    channels: (plan.channels ?? []).map((channel) => ({
      frequencyThz: channelThz(channel),
      launchDbm: channel.launchDbm,
      direction: channel.direction,
    })),
    filter: {
      filterBandwidthNm: plan.receiverFilter?.bandwidthNm ?? DEFAULT_NOISE_RECEIVER.filterBandwidthNm,
      isolationDb: plan.receiverFilter?.isolationDb ?? DEFAULT_NOISE_RECEIVER.isolationDb,
    },
  };
}

/** The plan with its fibre measured at no wavelength, as another band sees it: spans by the usual loss of that band. */
export function fibreAtBandOf(plan: LinkPlan, preset: string): PlannedFibre {
  const { fibre, ...rest } = plan;
  if (fibre === undefined || bandOf(preset) === bandOf(presetNameOf(plan))) return plannedFibre(plan, preset);
  const dbPerKm = linkPreset(preset).fibreDbPerKm;
  const spans = fibre.spans.map(({ name, lengthKm }) => ({ name, lengthKm, dbPerKm }));
  return plannedFibre({ ...rest, fibre: { ...fibre, spans } }, preset);
}

/** A link with the fibre, the channels and the filter of a plan. */
export function onFibre(planned: PlannedLink, fibre: PlannedFibre): PlannedLink {
  return {
    ...planned,
    link: { ...planned.link, channelLossDb: fibre.lossDb },
    fibreKm: fibre.fibreKm,
    fibreDbPerKm: fibre.dbPerKm,
    channels: fibre.channels,
    noise: { ...planned.noise, ...fibre.filter },
  };
}

const isAssumed = (span: { readonly lossDb?: number; readonly dbPerKm?: number } | undefined): boolean =>
  span?.lossDb === undefined && span?.dbPerKm === undefined;

const sumOf = (parts: readonly BudgetPart[]): number => parts.reduce((sum, { lossDb }) => sum + lossDb, 0);
