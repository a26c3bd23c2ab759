import { figure, type Plot } from "../../report/index.ts";
import { fitGate, type GateFit, type ScanPoint } from "../measuring/gate-fit.ts";
import { READING_HEAD, readingRow } from "../measuring/reading-table.ts";
import { scanSetting } from "./scan-setting.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 8: where the pulses arrive in the gates of each detector, and how wide pulse and gate are together. */
export const delayScan: Step = { id: "delayScan", number: 8, name: "step_delayScan", needs: [7], run };

const POINTS = 21;
const REACH_PS = 200;
/** Clicks that are enough at one point, and the link time that is. */
const CLICKS = 60_000;
const DWELL_MS = 200;
/** A gate of 150 ps and a pulse of 35 ps. */
const FWHM_PS = 154;
const CENTRE_PS = 10;
const SKEW_PS = 20;
const WIDTH_SHARE = 0.2;

async function run(context: StepContext): Promise<StepOutcome> {
  const { bob, known, table } = context;
  const found = await bob.number("gateDelayPs");
  const scanned = await scanSetting(context, {
    unit: bob,
    name: "gateDelayPs",
    kind: "gateDelay",
    from: found - REACH_PS,
    to: found + REACH_PS,
    points: POINTS,
    clicks: CLICKS,
    dwellMs: DWELL_MS,
  });
  const points = scanned.map(({ setting, counts }) => ({
    delayPs: setting,
    clicks: 0,
    gates: counts.gates,
    clicksOf: counts.clicks,
  }));
  const rows = scanned.map(({ setting, counts }) => [setting, ...readingRow(counts)]);
  table("08-delay", ["gateDelayPs", ...READING_HEAD], rows);
  const fits = ([0, 1] as const).map((detector) =>
    fitGate(
      points.map((point) => ({ ...point, clicks: point.clicksOf[detector] })),
      known.darks?.[detector].value ?? 0,
    ),
  );
  const [zero, one] = fits;
  if (zero === undefined || one === undefined) return { judgements: [] };
  return judge(context, found, points, [zero, one]);
}

function judge(
  { judging, say }: StepContext,
  found: number,
  points: readonly (ScanPoint & { readonly clicksOf: readonly [number, number] })[],
  [zero, one]: readonly [GateFit, GateFit],
): StepOutcome {
  const centre = (zero.centrePs + one.centrePs) / 2 - found;
  const skew = one.centrePs - zero.centrePs;
  const width = (zero.fwhmPs + one.fwhmPs) / 2;
  const centreU = Math.hypot(zero.centreU, one.centreU) / 2;
  const n = points.reduce((sum, { clicksOf }) => sum + clicksOf[0] + clicksOf[1], 0);
  const percent = 100 * (width / FWHM_PS - 1);
  return {
    judgements: [
      judging.measured(
        { id: "delayCentre", text: "check_delayCentre" },
        { value: centre, unit: "ps", u: centreU, n },
        { low: -CENTRE_PS, high: CENTRE_PS, reference: 0 },
        { origin: "D", text: "from_delay" },
        { find: "find_delayCentre", fix: "fix_delayCentre", values: { centre: figure(centre, 1) } },
      ),
      judging.measured(
        { id: "delaySkew", text: "check_delaySkew" },
        { value: skew, unit: "ps", u: 2 * centreU, n },
        { low: -SKEW_PS, high: SKEW_PS, reference: 0 },
        { origin: "D", text: "from_delay" },
        { find: "find_delaySkew", fix: "fix_delaySkew", values: { skew: figure(skew, 1) } },
      ),
      judging.measured(
        { id: "gateWidth", text: "check_gateWidth" },
        { value: width, unit: "ps", u: Math.hypot(zero.fwhmU, one.fwhmU) / 2, n },
        { low: FWHM_PS * (1 - WIDTH_SHARE), high: FWHM_PS * (1 + WIDTH_SHARE), reference: FWHM_PS },
        { origin: "D", text: "from_width" },
        {
          find: "find_gateWidth",
          fix: "fix_gateWidth",
          values: { width: figure(width, 0), percent: `${percent < 0 ? "" : "+"}${figure(percent, 0)}` },
        },
      ),
    ],
    plots: [
      {
        title: `8 ${say("plot_delay")}`,
        note: say("plot_delayNote", {
          centre: figure(centre, 1),
          skew: figure(skew, 1),
          width: figure(width, 0),
        }),
        wide: false,
        ...curves(found, points, [zero, one], say("axis_delay"), say("axis_clicks")),
        lines: [
          { across: "x", at: found - CENTRE_PS, from: null, to: null, label: "", meaning: "limit" },
          {
            across: "x",
            at: found + CENTRE_PS,
            from: null,
            to: null,
            label: say("line_limit", { value: `±${CENTRE_PS} ps` }),
            meaning: "limit",
          },
        ],
      },
    ],
  };
}

function curves(
  found: number,
  points: readonly (ScanPoint & { readonly clicksOf: readonly [number, number] })[],
  fits: readonly [GateFit, GateFit],
  x: string,
  y: string,
): Pick<Plot, "x" | "y" | "series"> {
  const sigma = ({ fwhmPs }: GateFit) => fwhmPs / 2.3548;
  const across = Array.from({ length: 81 }, (_, index) => found - REACH_PS + (2 * REACH_PS * index) / 80);
  const measured = ([0, 1] as const).map((detector) => ({
    name: `D${detector}`,
    drawn: "points" as const,
    x: points.map(({ delayPs }) => delayPs),
    y: points.map(({ clicksOf, gates }) => (1000 * clicksOf[detector]) / gates),
    u: points.map(({ clicksOf, gates }) => (1000 * Math.sqrt(clicksOf[detector])) / gates),
  }));
  const fitted = fits.map((fit) => ({
    name: "",
    drawn: "line" as const,
    x: across,
    y: across.map(
      (delay) => 1000 * fit.peak * Math.exp(-((delay - fit.centrePs) ** 2) / (2 * sigma(fit) ** 2)),
    ),
    u: [],
  }));
  const most = Math.max(...measured.flatMap((series) => series.y), 0.001);
  return {
    x: { label: x, from: found - REACH_PS - 10, to: found + REACH_PS + 10, log: false, places: [] },
    y: { label: y, from: 0, to: 1.15 * most, log: false, places: [] },
    series: [...measured, ...fitted].map((series) => ({
      ...series,
      y: series.y.map((value) => (Number.isFinite(value) ? value : 0)),
    })),
  };
}
