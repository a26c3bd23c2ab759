import type { BudgetPart } from "./fibre-link.ts";
import { significant, withPrefix } from "./plan-table.ts";
import type { PlannedChange } from "./planned-changes.ts";
import { KEY_BITS, type ServiceReport, TUNNEL_SHARE } from "./service-report.ts";

type Row = readonly [name: string, value: string];

const MOST_CHANGES = 8;
/** A change that gains less is not worth a journey. */
const WORTH_MENTION = 1.005;

/** A service report as aligned lines, behind those of the prediction. */
export function serviceTable(report: ServiceReport, parts: readonly BudgetPart[]): string {
  const sections: readonly (readonly [title: string, rows: readonly Row[]])[] = [
    ...(parts.length === 0 ? [] : [["Fibre", parts.map(partRow)] as const]),
    ["Margin", marginRows(report)],
    ["Service at the end of life", serviceRows(report)],
    ["Tunnels, each with a new key every", tunnelRows(report)],
    ["When the fibre is cut", stockRows(report)],
    ["What to change first", changeRows(report.changes)],
  ];
  const width = Math.max(...sections.flatMap(([, rows]) => rows.map(([name]) => name.length)));
  return sections
    .map(([title, rows]) =>
      [title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join("\n"),
    )
    .join("\n");
}

const partRow = ({ kind, name, lossDb, assumed, lengthKm }: BudgetPart): Row => [
  printable(name),
  `${lossDb.toFixed(2)} dB, ${lengthKm === null ? kind : `${significant(lengthKm)} km`}${assumed ? ", assumed" : ""}`,
];

function marginRows({ lossDb, marginDb, yearsOfMargin }: ServiceReport): Row[] {
  const { today, endOfLife, most } = lossDb;
  return [
    ["loss today, end of life", `${today.toFixed(2)} dB, ${endOfLife.toFixed(2)} dB`],
    [
      "most loss for the demand",
      most === null ? "none: the demand is met at no loss" : `${most.toFixed(2)} dB`,
    ],
    ...(marginDb.today === null || marginDb.endOfLife === null
      ? []
      : [
          [
            "margin today, end of life",
            `${marginDb.today.toFixed(2)} dB, ${marginDb.endOfLife.toFixed(2)} dB`,
          ] as const,
        ]),
    ...(yearsOfMargin === null
      ? []
      : [["used up by ageing in", `${significant(yearsOfMargin)} years`] as const]),
  ];
}

function serviceRows({
  dependableBps,
  keysPerMinute,
  availability,
  blockS,
  demandBps,
  demandMet,
}: ServiceReport): Row[] {
  return [
    [
      "dependable",
      `${withPrefix(dependableBps.endOfLife, "b/s")} (${withPrefix(dependableBps.today, "b/s")} today)`,
    ],
    ["AES-256 keys a minute", `${keysPerMinute.endOfLife} (${keysPerMinute.today} today)`],
    ["availability", `${significant(100 * availability)} %`],
    ["a block every", Number.isFinite(blockS) ? duration(blockS) : "never"],
    ...(demandBps === 0
      ? []
      : [["demand", `${withPrefix(demandBps, "b/s")}, ${demandMet ? "met" : "NOT MET"}`] as const]),
  ];
}

function tunnelRows({ tunnelsAtRekey, tunnelsAsked }: ServiceReport): Row[] {
  const rows = tunnelsAtRekey.map(({ rekeyS, tunnels }): Row => [`${rekeyS} s`, `${tunnels} tunnels`]);
  const note: Row = [
    "counted on",
    `${TUNNEL_SHARE * 100} % of the rate that is free, ${KEY_BITS} bits a key`,
  ];
  if (tunnelsAsked === null) return [...rows, note];
  const { count, rekeyS, shortestRekeyS, met } = tunnelsAsked;
  const gives = shortestRekeyS === null ? "no tunnel" : `${shortestRekeyS} s`;
  return [
    ...rows,
    [
      `asked: ${count} at ${significant(rekeyS)} s`,
      met ? `met; link gives ${gives}` : `NOT MET; link gives ${gives}`,
    ],
    note,
  ];
}

function stockRows({ stock }: ServiceReport): Row[] {
  const { bits, minutesOnCut, fillMinutes, bridgeBits } = stock;
  return [
    ["stock", withPrefix(bits, "b")],
    ["lasts", minutesOnCut === null ? "for ever: nothing is asked for" : duration(60 * minutesOnCut)],
    ["fills in", fillMinutes === null ? "never: nothing is left over" : duration(60 * fillMinutes)],
    ...(bridgeBits > 0
      ? [
          [
            "between two blocks",
            `${withPrefix(bridgeBits, "b")}${bridgeBits > bits ? ", MORE THAN THE STOCK" : ""}`,
          ] as const,
        ]
      : []),
  ];
}

function changeRows(changes: readonly PlannedChange[]): Row[] {
  const worth = changes.filter(({ gainBps, factor }) => gainBps > 0 && (factor ?? 2) >= WORTH_MENTION);
  if (worth.length === 0) return [["nothing", "no single change brings more key"]];
  return worth
    .slice(0, MOST_CHANGES)
    .map(
      ({ what, note, gainBps, factor }): Row => [
        `+${withPrefix(gainBps, "b/s")}${factor === null ? "" : ` (x ${significant(factor)})`}`,
        `${printable(what)}${note === null ? "" : ` (${note})`}`,
      ],
    );
}

function duration(seconds: number): string {
  if (seconds < 120) return `${significant(seconds)} s`;
  if (seconds < 7200) return `${significant(seconds / 60)} min`;
  if (seconds < 172_800) return `${significant(seconds / 3600)} h`;
  return `${significant(seconds / 86_400)} days`;
}

/** Names come from a file: what would move a terminal's cursor is made visible. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced here
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (c) => JSON.stringify(c).slice(1, -1));
