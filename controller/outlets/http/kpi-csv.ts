import type { KpiBin } from "../api/index.ts";

const COLUMNS: readonly (readonly [name: string, value: (bin: KpiBin) => string | number | null])[] = [
  ["startUtc", ({ startMs }) => new Date(startMs).toISOString()],
  ["lengthS", ({ lengthS }) => lengthS],
  ["watchedS", ({ watchedS }) => watchedS],
  ["skrBps", ({ skrBps }) => round(skrBps, 1)],
  ["secretBits", ({ secretBits }) => secretBits],
  ["qberZMean", ({ qberZ }) => round(qberZ.mean, 6)],
  ["qberZMax", ({ qberZ }) => round(qberZ.max, 6)],
  ["qberXMean", ({ qberX }) => round(qberX.mean, 6)],
  ["qberXMax", ({ qberX }) => round(qberX.max, 6)],
  ["lossDb", ({ lossDb }) => round(lossDb, 3)],
  ["uptimeS", ({ uptimeS }) => uptimeS],
  ["noKeyS", ({ noKeyS }) => noKeyS],
  ["qberOverS", ({ qberOverS }) => qberOverS],
  ["fallbackS", ({ fallbackS }) => fallbackS],
  ["es", ({ es }) => es],
  ["ses", ({ ses }) => ses],
  ["uas", ({ uas }) => uas],
];

/** The ledger as comma-separated values (RFC 4180); an empty field where there is no value. */
export function kpiCsv(bins: readonly KpiBin[]): string {
  const rows = bins.map((bin) => COLUMNS.map(([, value]) => value(bin) ?? "").join(","));
  return [COLUMNS.map(([name]) => name).join(","), ...rows, ""].join("\r\n");
}

function round(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
