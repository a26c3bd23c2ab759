import type { Verdict } from "./evening.ts";

const CLASSES = ["value", "order", "silence", "repetition", "size"] as const;

/** A row for each message and liar: cases held out of cases played, by class; then what was lost and how it was named. */
export function tableOf(verdicts: readonly Verdict[]): string[] {
  const rows = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const name = `${verdict.message} of ${verdict.liar}`;
    rows.set(name, [...(rows.get(name) ?? []), verdict]);
  }
  const head = ["message".padEnd(32), ...CLASSES.map((name) => name.padStart(11)), "  lost  named as"].join(
    "",
  );
  return [head, ...[...rows].map(([name, of]) => rowOf(name, of))];
}

function rowOf(name: string, verdicts: readonly Verdict[]): string {
  const cells = CLASSES.map((which) => {
    const played = verdicts.filter(({ of, lies }) => of === which && lies > 0);
    const held = played.filter(({ traces }) => traces.length === 0).length;
    return (played.length === 0 ? "-" : `${held}/${played.length}`).padStart(11);
  });
  const lost = verdicts.reduce((sum, one) => sum + one.lost, 0);
  const named = [...new Set(verdicts.flatMap((one) => one.named))].map((code) => code.replace("QKD_", ""));
  return [name.padEnd(32), ...cells, String(lost).padStart(6), `  ${named.join(" ")}`].join("");
}
