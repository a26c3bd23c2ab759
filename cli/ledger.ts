import { readFileSync } from "node:fs";
import { Command } from "commander";
import { type LedgerReport, ledgerFileOf } from "../controller/index.ts";
import { ConfigError, fileReason } from "../errors/index.ts";
import { readSiteConfig } from "./config/read-config.ts";

/**
 * `qkdlink ledger`: what a link has summed up under its secret. Reads the report that the site writes beside its store:
 * the store itself is locked while the site runs. `write` takes what is printed.
 */
export function ledgerCommand(write: (text: string) => void = (text) => process.stdout.write(text)): Command {
  return new Command("ledger")
    .description(
      "show the failure probabilities that a site has summed up under its secret, and the budget left",
    )
    .requiredOption("--config <file>", "the site's configuration, YAML or JSON")
    .option("--json", "print the report as JSON")
    .action(({ config, json }: { readonly config: string; readonly json?: true }) => {
      const report = readReport(readSiteConfig(config).store.path);
      write(json ? `${JSON.stringify(report)}\n` : ledgerLines(report));
    });
}

function readReport(store: string): LedgerReport {
  const path = ledgerFileOf(store);
  try {
    return JSON.parse(readFileSync(path, "utf8")) as LedgerReport;
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new ConfigError(
      "QKD_CONFIG_UNREADABLE",
      missing
        ? `there is no ledger at ${path} yet`
        : `the ledger at ${path} cannot be read: ${fileReason(cause)}`,
      { cause, remedy: missing ? "start the site once: it writes the file" : "run this as the site's user" },
    );
  }
}

function ledgerLines(report: LedgerReport): string {
  const { blocks, budget, budgetUse, yearlyPace } = report;
  const time = (ms: number) => new Date(ms).toISOString();
  const stored = Object.entries(blocks).map(([origin, count]) => `${count} ${origin}`);
  const limits: string[] = [];
  if (budget.perYear !== undefined)
    limits.push(`${figure(budget.perYear)} a year, ${left(budget.perYear, report.lastYear)} left`);
  if (budget.total !== undefined)
    limits.push(`${figure(budget.total)} in all, ${left(budget.total, report.total)} left`);
  const rows: (readonly [string, string])[] = [
    ["link", `${report.linkId}, ${report.site}`],
    ["as of", time(report.atMs)],
    ["secret in use since", time(report.sinceMs)],
    ["authentication", report.auth],
    ["attempts at blocks", String(report.attempts)],
    ["blocks stored", stored.length === 0 ? "none" : stored.join(", ")],
    ["secrecy", figure(report.secrecy)],
    ["correctness", figure(report.correctness)],
    ["forged tags", figure(report.authentication)],
    ["total", figure(report.total)],
    ["last 365 days", figure(report.lastYear)],
    ["a year at this pace", yearlyPace === null ? "not known yet" : figure(yearlyPace)],
    ["budget", limits.length === 0 ? "none set" : limits.join("; ")],
  ];
  if (budgetUse.of !== null)
    rows.push(["budget used", `${(100 * budgetUse.used).toFixed(1)} %, ${stateOf(report)}`]);
  return rows.map(([name, value]) => `${name.padEnd(22)}${value}\n`).join("");
}

function stateOf({ budgetUse, budget }: LedgerReport): string {
  if (budgetUse.level !== "spent") return budgetUse.level;
  return budget.stop === true ? "spent: nothing more is distilled until a fresh secret is placed" : "spent";
}

function left(limit: number, sum: number): string {
  return figure(Math.max(0, limit - sum));
}

function figure(value: number): string {
  return value === 0 ? "0" : value.toExponential(2);
}
