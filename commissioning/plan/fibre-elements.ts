import type { LinkElement } from "../../report/index.ts";
import type { LinkPlan, PlannedJoint } from "./link-plan.ts";

/** Loss of a kilometre that is accepted, by band: G.652 fibre with its margin. */
const LIMIT_DB_PER_KM = { "1550": 0.25, "1310": 0.35 } as const;
const USUAL_DB_PER_KM = { "1550": 0.2, "1310": 0.35 } as const;
/** A mated pair of connectors, ANSI/TIA-568.3. */
const LIMIT_PAIR_DB = 0.75;
/** A fusion splice, ANSI/TIA-568.3. */
const LIMIT_SPLICE_DB = 0.3;
/** A multiplexer without a data sheet. */
const LIMIT_MUX_DB = 2;

/** The parts of the fibre from Alice to Bob with what each was built to lose and may lose. */
export function fibreElements({ fibre }: LinkPlan): readonly LinkElement[] {
  if (fibre === undefined) return [];
  const band = fibre.band ?? "1550";
  const spans = fibre.spans.map(
    (span): LinkElement => ({
      kind: "span",
      name: span.name,
      detail: span.detail ?? `${span.lengthKm} km`,
      lossDb: span.lossDb ?? span.lengthKm * (span.dbPerKm ?? USUAL_DB_PER_KM[band]),
      limitDb: span.lengthKm * Math.max(LIMIT_DB_PER_KM[band], span.dbPerKm ?? 0),
    }),
  );
  const joint =
    (kind: LinkElement["kind"], usualDb: number) =>
    (part: PlannedJoint): LinkElement => ({
      kind,
      name: part.name,
      detail: part.detail ?? "",
      lossDb: part.lossDb ?? null,
      limitDb: part.limitDb ?? usualDb,
    });
  const connectors = (fibre.connectors ?? []).map(joint("connector", LIMIT_PAIR_DB));
  const splices = (fibre.splices ?? []).map(joint("splice", LIMIT_SPLICE_DB));
  const muxes = (fibre.multiplexers ?? []).map(joint("mux", LIMIT_MUX_DB));
  // Plans list parts by kind: half of the joints stand at each end, splices between the spans.
  const half = <T>(list: readonly T[]): readonly [readonly T[], readonly T[]] => [
    list.slice(0, Math.ceil(list.length / 2)),
    list.slice(Math.ceil(list.length / 2)),
  ];
  const [connectorsA, connectorsB] = half(connectors);
  const [muxesA, muxesB] = half(muxes);
  const inside = spans.flatMap((span, index) => {
    const splice = splices[index];
    return splice === undefined ? [span] : [span, splice];
  });
  return [...muxesA, ...connectorsA, ...inside, ...splices.slice(spans.length), ...connectorsB, ...muxesB];
}

/** What the planned fibre loses, and may lose, dB; null without a plan. */
export function plannedLoss(
  plan: LinkPlan,
): { readonly expectedDb: number; readonly limitDb: number } | null {
  const elements = fibreElements(plan);
  if (elements.length === 0) return null;
  return {
    expectedDb: elements.reduce((sum, { lossDb, limitDb }) => sum + (lossDb ?? limitDb / 2), 0),
    limitDb: elements.reduce((sum, { limitDb }) => sum + limitDb, 0),
  };
}
