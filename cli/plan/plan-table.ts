import type { PublishedPoint } from "../../physics/index.ts";
import type { PlanReport } from "./plan-report.ts";

/** A number with three significant digits and an SI prefix: 13.7 M. */
export function withPrefix(value: number, unit: string): string {
  if (value === 0) return `0 ${unit}`;
  if (!Number.isFinite(value)) return `unbounded ${unit}`;
  const steps = ["", "k", "M", "G", "T"];
  const step = Math.max(0, Math.min(steps.length - 1, Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-9)));
  return `${significant(value / 1000 ** step)} ${steps[step]}${unit}`;
}

/** What a preset of each kind stands for. */
export const PRESET_SAYS = {
  laboratory: "a record in a laboratory",
  trial: "fitted to a trial",
  installed: "fitted to units in operation",
  assumed: "assumed throughout",
} as const satisfies Record<PlanReport["presetKind"], string>;

function publishedRow({
  lossDb,
  rateBps,
  qber,
  kind,
  source,
}: PublishedPoint): [name: string, value: string] {
  const errors = qber === undefined ? "" : `, QBER ${significant(100 * qber)} %`;
  return [`${significant(lossDb)} dB, ${kind}`, `${withPrefix(rateBps, "b/s")}${errors} (${source})`];
}

/** The report as aligned lines with units, in the order in which light travels. */
export function planTable(report: PlanReport): string {
  const rate = report.secretKeyRateBps;
  const noise = report.noiseCountsPerGate;
  const [u, v, w] = report.gains;
  const sections: [title: string, rows: [name: string, value: string][]][] = [
    [
      "Link",
      [
        ["preset", `${report.preset}, ${PRESET_SAYS[report.presetKind]}`],
        ["channel loss", `${significant(report.lossDb)} dB (${significant(report.fibreKm)} km)`],
        ["clock", withPrefix(report.clockHz, "Hz")],
      ],
    ],
    [
      "Detections",
      [
        ["gain u, v, w", `${power(u)}, ${power(v)}, ${power(w)} per gate`],
        ["signal QBER Z, X", `${percent(report.qber.z)}, ${percent(report.qber.x)}`],
        ["clicks", `${withPrefix(report.clicksPerS, "/s")} (${power(report.clicksPerGate)} per gate)`],
        ["sifted", withPrefix(report.siftedRateBps, "b/s")],
        ...(noise.total > 0
          ? ([
              ["Raman noise", `${power(report.ramanCountsPerGate)} per gate`],
              ["four-wave mixing", `${power(noise.fourWaveMixing)} per gate`],
              ["filter leakage", `${power(noise.leakThrough)} per gate`],
            ] as [string, string][])
          : []),
      ],
    ],
    [
      "Secret key",
      [
        [`finite, ${report.bound}`, withPrefix(rate.finite, "b/s")],
        ["block", `${withPrefix(report.blockBits, "b")} sifted, ${significant(report.blockS)} s`],
        ...(report.availability < 1
          ? ([
              [
                `average, ${significant(100 * report.availability)} % available`,
                withPrefix(rate.average, "b/s"),
              ],
            ] as [string, string][])
          : []),
        [report.bound === "t12" ? "asymptotic, t12" : "asymptotic", withPrefix(rate.asymptotic, "b/s")],
        ["controller's bound", withPrefix(rate.controller, "b/s")],
        ["hardware limit", withPrefix(rate.hardwareLimit, "b/s")],
        ["ideal decoy BB84", withPrefix(report.idealDecoyBps, "b/s")],
        ["PLOB bound", withPrefix(report.plobBps, "b/s")],
      ],
    ],
    [
      "Suffices for",
      [
        ["AES-256 keys", withPrefix(report.suffices.aes256KeysPerS, "/s")],
        ["one-time pad", `${withPrefix(report.suffices.oneTimePadBps, "b/s")} of traffic`],
      ],
    ],
    ["Published near it", report.published.map(publishedRow)],
  ];
  const width = Math.max(...sections.flatMap(([, rows]) => rows.map(([name]) => name.length)));
  return sections
    .map(([title, rows]) =>
      [title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join("\n"),
    )
    .join("\n");
}

/** A sweep as one line a point. */
export function sweepTable(reports: readonly PlanReport[]): string {
  const head = [
    "loss dB",
    "km",
    "clicks/s",
    "QBER Z",
    "sifted",
    "asymptotic",
    "finite",
    "controller",
    "PLOB",
  ];
  const lines = reports.map((report) => [
    significant(report.lossDb),
    significant(report.fibreKm),
    withPrefix(report.clicksPerS, ""),
    percent(report.qber.z),
    withPrefix(report.siftedRateBps, "b/s"),
    withPrefix(report.secretKeyRateBps.asymptotic, "b/s"),
    withPrefix(report.secretKeyRateBps.finite, "b/s"),
    withPrefix(report.secretKeyRateBps.controller, "b/s"),
    withPrefix(report.plobBps, "b/s"),
  ]);
  const widths = head.map((name, column) =>
    Math.max(name.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  return [head, ...lines]
    .map((line) => line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "))
    .join("\n");
}

const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
const power = (value: number) => (value === 0 ? "0" : value.toExponential(2));

/** Three significant digits. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return "unbounded";
  return String(Number(value.toPrecision(3)));
}
