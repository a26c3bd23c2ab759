import type { PlanReport } from "./plan-report.ts";
import { withPrefix } from "./plan-table.ts";

const WIDTH = 900;
const HEIGHT = 560;
const FRAME = { left: 92, right: 190, top: 66, bottom: 64 } as const;

interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly dash: string;
  readonly of: (report: PlanReport) => number;
}

const CURVES: readonly Curve[] = [
  { name: "PLOB bound", colour: "#8a8f98", dash: "2 4", of: (report) => report.plobBps },
  { name: "ideal decoy BB84", colour: "#b08d3c", dash: "7 4", of: (report) => report.idealDecoyBps },
  { name: "sifted", colour: "#7a5ea8", dash: "", of: (report) => report.siftedRateBps },
  { name: "asymptotic", colour: "#2f8f6b", dash: "7 4", of: (report) => report.secretKeyRateBps.asymptotic },
  {
    name: "controller's bound",
    colour: "#c2513c",
    dash: "2 3",
    of: (report) => report.secretKeyRateBps.controller,
  },
  { name: "finite", colour: "#1f5fa8", dash: "", of: (report) => report.secretKeyRateBps.finite },
];

/**
 * Draws rates against channel loss: logarithmic rates, a second axis in km below the first, the PLOB bound and the ideal
 * decoy limit above the curves. A curve ends where its rate reaches zero.
 */
export function planSvg(reports: readonly PlanReport[]): string {
  const first = reports[0];
  if (first === undefined) return frame([], "");
  const x = lossScale(reports);
  const rates = CURVES.flatMap((curve) => reports.map(curve.of)).filter(
    (rate) => rate > 0 && Number.isFinite(rate),
  );
  const lowest = Math.floor(Math.log10(Math.max(1, Math.min(...rates, 1e3))));
  const highest = Math.ceil(Math.log10(Math.max(...rates, 10 ** (lowest + 1))));
  const y = (rate: number) =>
    FRAME.top + (HEIGHT - FRAME.top - FRAME.bottom) * ((highest - Math.log10(rate)) / (highest - lowest));
  const parts = [
    ...rateGrid(lowest, highest, y),
    ...lossGrid(reports, x),
    ...CURVES.map((curve) => path(curve, reports, x, y, 10 ** lowest)),
    ...legend(reports, y, 10 ** lowest),
  ];
  const block = `${withPrefix(first.blockBits, "b")} blocks`;
  return frame(parts, `${first.preset}, ${withPrefix(first.clockHz, "Hz")}, bound ${first.bound}, ${block}`);
}

function lossScale(reports: readonly PlanReport[]): (lossDb: number) => number {
  const losses = reports.map((report) => report.lossDb);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const span = high > low ? high - low : 1;
  return (lossDb) => FRAME.left + ((WIDTH - FRAME.left - FRAME.right) * (lossDb - low)) / span;
}

function rateGrid(lowest: number, highest: number, y: (rate: number) => number): string[] {
  const lines: string[] = [];
  for (let decade = lowest; decade <= highest; decade++) {
    const at = y(10 ** decade).toFixed(1);
    lines.push(`<line class="grid" x1="${FRAME.left}" y1="${at}" x2="${WIDTH - FRAME.right}" y2="${at}"/>`);
    lines.push(
      `<text class="tick" x="${FRAME.left - 10}" y="${at}" text-anchor="end" dy="4">${withPrefix(10 ** decade, "b/s")}</text>`,
    );
  }
  return lines;
}

function lossGrid(reports: readonly PlanReport[], x: (lossDb: number) => number): string[] {
  const losses = reports.map((report) => report.lossDb);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const step = niceStep(high - low);
  const dbPerKm = reports.map((report) => report.lossDb / report.fibreKm).find(Number.isFinite) ?? 0.2;
  const bottom = HEIGHT - FRAME.bottom;
  const lines: string[] = [];
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + 1e-9; tick += step) {
    const at = x(tick).toFixed(1);
    lines.push(`<line class="grid" x1="${at}" y1="${FRAME.top}" x2="${at}" y2="${bottom}"/>`);
    lines.push(
      `<text class="tick" x="${at}" y="${bottom + 18}" text-anchor="middle">${Number(tick.toPrecision(6))}</text>`,
    );
    lines.push(
      `<text class="faint" x="${at}" y="${bottom + 34}" text-anchor="middle">${Math.round(tick / dbPerKm)} km</text>`,
    );
  }
  return lines;
}

/** 1, 2 or 5 times a power of ten that cuts the span into at most ten parts. */
function niceStep(span: number): number {
  const rough = Math.max(span, 1e-6) / 10;
  const decade = 10 ** Math.floor(Math.log10(rough));
  return decade * ([1, 2, 5, 10].find((factor) => factor * decade >= rough * (1 - 1e-9)) ?? 10);
}

function path(
  curve: Curve,
  reports: readonly PlanReport[],
  x: (lossDb: number) => number,
  y: (rate: number) => number,
  lowest: number,
): string {
  const points = reports
    .filter((report) => curve.of(report) >= lowest && Number.isFinite(curve.of(report)))
    .map((report) => `${x(report.lossDb).toFixed(1)},${y(curve.of(report)).toFixed(1)}`);
  const dash = curve.dash === "" ? "" : ` stroke-dasharray="${curve.dash}"`;
  return `<polyline points="${points.join(" ")}" fill="none" stroke="${curve.colour}" stroke-width="2.2" stroke-linejoin="round"${dash}/>`;
}

/** Names at the right edge, next to where each curve begins its last stretch, pushed apart where they would touch. */
function legend(reports: readonly PlanReport[], y: (rate: number) => number, lowest: number): string[] {
  const last = reports[reports.length - 1] as PlanReport;
  const wanted = CURVES.map((curve) => ({
    curve,
    at: y(Math.max(lowest, Math.min(curve.of(last), 1e300))),
  })).sort((a, b) => a.at - b.at);
  const gap = 20;
  let above = FRAME.top - gap;
  const pushed = wanted.map(({ curve, at }) => {
    above = Math.max(at, above + gap);
    return { curve, at: above };
  });
  let below = HEIGHT - FRAME.bottom + gap;
  const placed = pushed.reverse().map(({ curve, at }) => {
    below = Math.min(at, below - gap);
    return { curve, at: below };
  });
  const left = WIDTH - FRAME.right + 12;
  return placed.map(({ curve, at }) => {
    const line = at.toFixed(1);
    const dash = curve.dash === "" ? "" : ` stroke-dasharray="${curve.dash}"`;
    const name = curve.name === "finite" ? `finite (${last.bound})` : curve.name;
    return (
      `<line x1="${left}" y1="${line}" x2="${left + 22}" y2="${line}" stroke="${curve.colour}" stroke-width="2.2"${dash}/>` +
      `<text class="tick" x="${left + 28}" y="${line}" dy="4">${escapeXml(name)}</text>`
    );
  });
}

function frame(parts: readonly string[], subtitle: string): string {
  const middle = FRAME.left + (WIDTH - FRAME.left - FRAME.right) / 2;
  const upright = FRAME.top + (HEIGHT - FRAME.top - FRAME.bottom) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Rates against channel loss">`,
    "<style>text{font-family:system-ui,'Segoe UI',sans-serif;fill:#23272e}.tick{font-size:12px}.faint{font-size:11px;fill:#7b818b}.grid{stroke:#e4e7eb;stroke-width:1}.title{font-size:18px;font-weight:600}.label{font-size:13px}</style>",
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text class="title" x="${FRAME.left}" y="30">Secret key rate against channel loss</text>`,
    `<text class="label" x="${FRAME.left}" y="50">${escapeXml(subtitle)}</text>`,
    ...parts,
    `<text class="label" x="${middle}" y="${HEIGHT - 10}" text-anchor="middle">channel loss in dB (fibre length at this attenuation)</text>`,
    `<text class="label" transform="translate(20 ${upright}) rotate(-90)" text-anchor="middle">rate</text>`,
    "</svg>",
    "",
  ].join("\n");
}

const escapeXml = (text: string) => text.replace(/[<>&"']/g, (character) => `&#${character.codePointAt(0)};`);
