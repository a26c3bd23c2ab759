import { dependableRate, withMoreLoss, withNoiseSettled } from "./dependable-rate.ts";
import type { BudgetPart } from "./fibre-link.ts";
import type { PlannedLink } from "./plan-report.ts";
import { withPrefix } from "./plan-table.ts";
import type { ServiceReport } from "./service-report.ts";
import { printable } from "./service-table.ts";

const WIDTH = 900;
const LEFT = 92;
const RIGHT = 40;
const PLOT = WIDTH - LEFT - RIGHT;
const BUDGET = { top: 92, height: 34 } as const;
const CURVE = { top: 216, height: 250 } as const;
const CHANGES = { top: 560, row: 26, most: 6, bar: 150 } as const;
const POINTS = 80;
/** Room that a label of the curve takes. */
const LABEL = 150;

const COLOURS: Readonly<Record<BudgetPart["kind"], string>> = {
  span: "#1f5fa8",
  connector: "#b08d3c",
  splice: "#2f8f6b",
  mux: "#7a5ea8",
  other: "#8a8f98",
};
const AGEING_COLOUR = "#c2513c";

type Scale = (value: number) => number;

/**
 * Draws what a plan says on one page: where the loss goes, with what age and repairs may add and the most that the demand
 * bears; the dependable rate against loss with today, end of life and demand; and what each change would gain.
 */
export function serviceSvg(
  planned: PlannedLink,
  report: ServiceReport,
  parts: readonly BudgetPart[],
  name: string | null,
): string {
  const { today, endOfLife, most } = report.lossDb;
  const widest = Math.max(10, Math.ceil((1.15 * Math.max(endOfLife, most ?? 0)) / 5) * 5);
  const x: Scale = (lossDb) => LEFT + (PLOT * Math.min(lossDb, widest)) / widest;
  const changes = report.changes.filter(({ gainBps }) => gainBps > 0).slice(0, CHANGES.most);
  const height = CHANGES.top + CHANGES.row * Math.max(1, changes.length) + 24;
  const title = name === null ? "Plan of a link" : `Plan of ${name}`;
  const subtitle = `${planned.preset}: ${report.keysPerMinute.endOfLife} AES-256 keys a minute at the end of life, ${report.keysPerMinute.today} today`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    "<style>text{font-family:system-ui,'Segoe UI',sans-serif;fill:#23272e;font-size:12px}.faint{font-size:11px;fill:#7b818b}.grid{stroke:#e4e7eb}.title{font-size:18px;font-weight:600}.head{font-size:13px;font-weight:600}</style>",
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text class="title" x="${LEFT}" y="30">${escapeXml(title)}</text>`,
    `<text x="${LEFT}" y="50">${escapeXml(subtitle)}</text>`,
    ...budget(parts, today, endOfLife, most, x),
    ...curve(planned, report, widest, x),
    ...gains(changes),
    "</svg>",
    "",
  ].join("\n");
}

function budget(
  parts: readonly BudgetPart[],
  today: number,
  endOfLife: number,
  most: number | null,
  x: Scale,
): string[] {
  const { top, height } = BUDGET;
  let from = 0;
  const boxes = (parts.length === 0 ? [{ kind: "other", name: "link", lossDb: today } as const] : parts).map(
    ({ kind, name, lossDb }) => {
      const [left, right] = [x(from), x(from + lossDb)];
      from += lossDb;
      const width = Math.max(0, right - left);
      const letters = Math.floor(width / 7);
      const label =
        letters < 3
          ? ""
          : `<text x="${fixed(left + width / 2)}" y="${top + 21}" text-anchor="middle" style="fill:#ffffff">${escapeXml(short(name, letters))}</text>`;
      return `<rect x="${fixed(left)}" y="${top}" width="${fixed(width)}" height="${height}" fill="${COLOURS[kind]}" stroke="#ffffff"><title>${escapeXml(name)}, ${lossDb.toFixed(2)} dB</title></rect>${label}`;
    },
  );
  const aged = x(endOfLife) - x(today);
  const limit =
    most === null
      ? []
      : [
          `<line x1="${fixed(x(most))}" y1="${top - 8}" x2="${fixed(x(most))}" y2="${top + height + 8}" stroke="#23272e" stroke-width="2"/>`,
          `<text x="${fixed(x(most))}" y="${top + height + 22}" text-anchor="middle">${most.toFixed(1)} dB at most</text>`,
        ];
  return [
    `<text class="head" x="${LEFT}" y="${top - 12}">Where the loss goes</text>`,
    ...boxes,
    ...(aged > 0
      ? [
          `<rect x="${fixed(x(today))}" y="${top}" width="${fixed(aged)}" height="${height}" fill="${AGEING_COLOUR}" fill-opacity="0.45"><title>age and repairs, ${(endOfLife - today).toFixed(2)} dB</title></rect>`,
        ]
      : []),
    `<text class="faint" x="${LEFT}" y="${top + height + 22}">${today.toFixed(2)} dB today, ${endOfLife.toFixed(2)} dB at the end of life</text>`,
    ...limit,
  ];
}

function curve(planned: PlannedLink, report: ServiceReport, widest: number, x: Scale): string[] {
  const settled = withNoiseSettled(planned);
  const own = planned.link.channelLossDb;
  const points = Array.from({ length: POINTS + 1 }, (_, index) => {
    const lossDb = (widest * index) / POINTS;
    return { lossDb, rateBps: dependableRate(withMoreLoss(settled, lossDb - own)).rateBps };
  });
  const rates = [...points.map(({ rateBps }) => rateBps), report.demandBps].filter((rate) => rate > 0);
  const highest = Math.ceil(Math.log10(Math.max(10, ...rates)));
  const lowest = Math.min(
    highest - 1,
    Math.max(highest - 6, Math.floor(Math.log10(Math.min(1e3, ...rates)))),
  );
  const { top, height } = CURVE;
  const y: Scale = (rate) => top + (height * (highest - Math.log10(rate))) / (highest - lowest);
  const drawn = points.filter(({ rateBps }) => rateBps >= 10 ** lowest);
  const decades = Array.from({ length: highest - lowest + 1 }, (_, index) => 10 ** (lowest + index));
  const step = widest <= 20 ? 2 : 5;
  const ticks = Array.from({ length: Math.floor(widest / step) + 1 }, (_, index) => index * step);
  const { demandBps } = report;
  return [
    `<text class="head" x="${LEFT}" y="${top - 14}">Dependable key rate against channel loss in dB</text>`,
    ...decades.map(
      (rate) =>
        `<line class="grid" x1="${LEFT}" y1="${fixed(y(rate))}" x2="${LEFT + PLOT}" y2="${fixed(y(rate))}"/><text x="${LEFT - 10}" y="${fixed(y(rate) + 4)}" text-anchor="end">${withPrefix(rate, "b/s")}</text>`,
    ),
    ...ticks.map(
      (lossDb) =>
        `<line class="grid" x1="${fixed(x(lossDb))}" y1="${top}" x2="${fixed(x(lossDb))}" y2="${top + height}"/><text x="${fixed(x(lossDb))}" y="${top + height + 18}" text-anchor="middle">${lossDb}</text>`,
    ),
    `<polyline points="${drawn.map(({ lossDb, rateBps }) => `${fixed(x(lossDb))},${fixed(y(rateBps))}`).join(" ")}" fill="none" stroke="#1f5fa8" stroke-width="2.2"/>`,
    ...(demandBps >= 10 ** lowest
      ? [
          `<line x1="${LEFT}" y1="${fixed(y(demandBps))}" x2="${LEFT + PLOT}" y2="${fixed(y(demandBps))}" stroke="#23272e" stroke-dasharray="6 4"/><text x="${LEFT + PLOT}" y="${fixed(y(demandBps) - 6)}" text-anchor="end">demand ${withPrefix(demandBps, "b/s")}</text>`,
        ]
      : []),
    ...marker("today", report.lossDb.today, report.dependableBps.today, "#2f8f6b"),
    ...(report.lossDb.endOfLife > report.lossDb.today
      ? marker("end of life", report.lossDb.endOfLife, report.dependableBps.endOfLife, AGEING_COLOUR)
      : []),
  ];

  function marker(label: string, lossDb: number, rateBps: number, colour: string): string[] {
    const at = y(Math.max(rateBps, 10 ** lowest));
    const text = `${label}: ${withPrefix(rateBps, "b/s")}`;
    const below = label === "today" ? -10 : 18;
    // Left of the point only where there is room for it within the plot.
    const leftwards = label !== "today" && x(lossDb) - LEFT > LABEL;
    const [anchor, side] = leftwards ? ["end", -8] : ["start", 8];
    return [
      `<circle cx="${fixed(x(lossDb))}" cy="${fixed(at)}" r="5" fill="${colour}"/>`,
      `<text x="${fixed(x(lossDb) + side)}" y="${fixed(at + below)}" text-anchor="${anchor}">${text}</text>`,
    ];
  }
}

function gains(changes: ServiceReport["changes"]): string[] {
  const { top, row, bar } = CHANGES;
  const head = `<text class="head" x="${LEFT}" y="${top - 18}">What to change first</text>`;
  const [best] = changes;
  if (best === undefined)
    return [head, `<text x="${LEFT}" y="${top + 4}">no single change brings more key</text>`];
  return [
    head,
    ...changes.map(({ what, gainBps }, index) => {
      const at = top + row * index;
      const width = (bar * gainBps) / best.gainBps;
      return `<rect x="${LEFT}" y="${at - 9}" width="${fixed(width)}" height="16" fill="#2f8f6b"/><text x="${LEFT - 10}" y="${at + 4}" text-anchor="end">+${withPrefix(gainBps, "b/s")}</text><text x="${fixed(LEFT + bar + 12)}" y="${at + 4}">${escapeXml(short(what, 84))}</text>`;
    }),
  ];
}

const fixed = (value: number): string => value.toFixed(1);

const short = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;

const escapeXml = (text: string): string =>
  printable(text).replace(/[<>&"']/g, (character) => `&#${character.codePointAt(0)};`);
