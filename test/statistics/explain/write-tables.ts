import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../../../errors/index.ts";
import { type Confusion, confusionTable, summaryTable } from "./confusion.ts";

const DOCUMENT = fileURLToPath(new URL("../../../docs/EXPLAIN.md", import.meta.url));

/** Puts the figures between the marks of `docs/EXPLAIN.md`: all runs, and what was named in the first of them. */
export function writeTables(runs: Readonly<Record<string, Confusion>>): void {
  const [first] = Object.values(runs);
  const tables = { summary: summaryTable(runs), confusion: first === undefined ? "" : confusionTable(first) };
  let text = readFileSync(DOCUMENT, "utf8");
  for (const [name, table] of Object.entries(tables)) {
    const mark = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end of ${name} -->)`);
    if (!mark.test(text))
      throw new ConfigError("QKD_CONFIG_INVALID", `docs/EXPLAIN.md has no place for the ${name}`, {
        context: { field: name },
      });
    text = text.replace(mark, (_, before: string, after: string) => `${before}${table}\n${after}`);
  }
  writeFileSync(DOCUMENT, text);
}
