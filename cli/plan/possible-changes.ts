import type { LinkPlan } from "../../commissioning/index.ts";
import { LINK_PRESETS, linkPreset, optimiseSource } from "../../physics/index.ts";
import { channelChanges } from "./channel-changes.ts";
import { withMoreLoss } from "./dependable-rate.ts";
import { type BudgetPart, fibreAtBandOf, plannedFibre } from "./fibre-link.ts";
import { bandOf, planContradictions } from "./plan-contradictions.ts";
import { litLink, type PlannedLink } from "./plan-report.ts";
import type { Change } from "./planned-changes.ts";

/** What good work leaves of a joint: connectors of grade B (IEC 61753-1, 97 of 100 mated pairs), fusion splices. */
const GOOD_DB = { connector: 0.25, splice: 0.1 } as const;
/** A difference that no instrument of the field tells apart. */
const LEAST_DB = 0.05;
/** Longer waits for a block are no plan. */
const LONGEST_BLOCK_S = 24 * 3600;
const MOST_BLOCK_BITS = 1e13;
/** Steps of the search for a source: more of them find less than a part in 10^5. */
const SOURCE_STEPS = 30;

/** All changes that are worth a look on this link; the plan is the file's, where there is one. */
export function possibleChanges(planned: PlannedLink, plan: LinkPlan | null): readonly Change[] {
  return [
    ...lossChanges(planned, plan === null ? [] : plannedFibre(plan, planned.preset).parts),
    ...channelChanges(
      planned,
      (plan?.channels ?? []).map(({ name }) => name),
    ),
    ...blockChanges(planned),
    sourceChange,
    ...presetChanges(planned, plan),
  ];
}

function lossChanges(planned: PlannedLink, parts: readonly BudgetPart[]): readonly Change[] {
  const spared = parts.flatMap((part): { part: BudgetPart; savesDb: number }[] => {
    const savesDb = part.lossDb - goodLossDb(part, linkPreset(planned.preset).fibreDbPerKm);
    return savesDb > LEAST_DB ? [{ part, savesDb }] : [];
  });
  const less = (what: string, savesDb: number, note?: string): Change => ({
    kind: "loss",
    what,
    ...(note === undefined ? {} : { note }),
    apply: (link) => withMoreLoss(link, -savesDb),
  });
  const each = spared.map(({ part, savesDb }) =>
    less(
      `${VERB[part.kind]} ${part.name}: ${decibels(savesDb)} less`,
      savesDb,
      part.assumed ? "its loss is assumed: measure it" : undefined,
    ),
  );
  const allDb = spared.reduce((sum, { savesDb }) => sum + savesDb, 0);
  const all =
    spared.length > 1
      ? [less(`bring all ${spared.length} of these parts in order: ${decibels(allDb)} less`, allDb)]
      : [];
  const oneDb = planned.link.channelLossDb >= 1 ? [less("spare 1 dB anywhere on the way", 1)] : [];
  return [...each, ...all, ...oneDb];
}

const VERB: Readonly<Record<BudgetPart["kind"], string>> = {
  span: "mend bends of",
  connector: "clean or replace",
  splice: "splice anew",
  mux: "replace",
  other: "replace",
};

function goodLossDb({ kind, lossDb, lengthKm }: BudgetPart, usualDbPerKm: number): number {
  if (kind === "span") return (lengthKm ?? 0) * usualDbPerKm;
  return kind === "connector" || kind === "splice" ? GOOD_DB[kind] : lossDb;
}

function blockChanges({ plan, link }: PlannedLink): readonly Change[] {
  return [10, 100].flatMap((times): Change[] => {
    if (plan.sessionS !== undefined) {
      const sessionS = plan.sessionS * times;
      if (sessionS > LONGEST_BLOCK_S) return [];
      return [blockChange(`make sessions of ${Math.round(sessionS)} s`, { sessionS })];
    }
    const blockBits = (plan.blockBits ?? Number.NaN) * times;
    // Every gate of the clock detected: no link is faster.
    if (!(blockBits <= MOST_BLOCK_BITS) || blockBits / link.clockHz > LONGEST_BLOCK_S) return [];
    return [
      blockChange(`make blocks of ${blockBits.toExponential(0).replace("e+", "e")} bits`, { blockBits }),
    ];
  });
}

const blockChange = (what: string, size: { blockBits: number } | { sessionS: number }): Change => ({
  kind: "block",
  what,
  note: "key comes later, in larger portions",
  apply: (planned) => ({ ...planned, plan: { ...planned.plan, ...size } }),
});

const sourceChange: Change = {
  kind: "source",
  what: "set intensities, their shares and the basis bias as --optimise chooses",
  apply: (planned) => {
    const { link } = optimiseSource(
      litLink(planned).link,
      { ...planned.plan, bound: "composable" },
      SOURCE_STEPS,
    );
    return { ...planned, link: { ...link, noisePerGate: planned.link.noisePerGate } };
  },
};

function presetChanges(planned: PlannedLink, plan: LinkPlan | null): readonly Change[] {
  return Object.keys(LINK_PRESETS).flatMap((name): Change[] => {
    if (name === planned.preset) return [];
    const elsewhere = bandOf(name) !== bandOf(planned.preset);
    if (elsewhere && (plan === null || !fits(plan, name))) return [];
    const { kind } = linkPreset(name);
    return [
      {
        kind: "preset",
        what: `use hardware as of preset ${name}`,
        note: elsewhere ? `${kind}, at another wavelength: loss of the spans estimated` : kind,
        apply: (link) => withHardwareOf(link, name, elsewhere ? plan : null),
      },
    ];
  });
}

/** Whether the channels of a plan leave the quantum channel of a preset alone. */
function fits(plan: LinkPlan, preset: string): boolean {
  const { band: _band, ...fibre } = plan.fibre ?? { spans: [] };
  return planContradictions({ ...plan, fibre, preset }).length === 0;
}

/** Another preset's hardware on the same way, with the block, the bound and the epsilon that were planned. */
function withHardwareOf(planned: PlannedLink, name: string, plan: LinkPlan | null): PlannedLink {
  const { link, quantumWavelengthNm, fibreDbPerKm } = linkPreset(name);
  const noise = { ...planned.noise, quantumWavelengthNm };
  const hardware = { ...planned, preset: name, noise };
  if (plan === null) return { ...hardware, link: { ...link, channelLossDb: planned.link.channelLossDb } };
  const fibre = fibreAtBandOf(plan, name);
  const agedDb = planned.link.channelLossDb - plannedFibre(plan, planned.preset).lossDb;
  return {
    ...hardware,
    fibreDbPerKm: fibre.fibreKm > 0 ? fibre.dbPerKm : fibreDbPerKm,
    link: { ...link, channelLossDb: Math.max(0, fibre.lossDb + agedDb) },
  };
}

const decibels = (db: number): string => `${Number(db.toPrecision(2))} dB`;
