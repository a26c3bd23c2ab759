import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ledgerFileOf, ledgerReport, writeLedgerFile } from "./ledger-file.ts";

it("lies beside the store, for its owner alone, whole and newest, and holds what the ledger says", () => {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-ledger-"));
  try {
    const store = join(folder, "keys.db");
    const totals = {
      secrecy: 1e-9,
      correctness: 1e-12,
      authentication: 1e-20,
      total: 1e-9,
      attempts: 10,
      blocks: { qkd: 9 },
      sinceMs: 0,
      atMs: 86_400_000,
      lastYear: 1e-9,
      lastDay: 1e-9,
    };
    const site = { linkId: "l", site: "bob", budget: { total: 1e-8 } } as const;
    for (const attempts of [10, 11])
      writeLedgerFile(store, ledgerReport(site, { ...totals, attempts }, "computational"));
    expect(readdirSync(folder)).toEqual(["keys.db.ledger.json"]);
    expect(statSync(ledgerFileOf(store)).mode & 0o777).toBe(0o600);
    const told = JSON.parse(readFileSync(ledgerFileOf(store), "utf8"));
    expect(told).toEqual({
      ...totals,
      attempts: 11,
      linkId: "l",
      site: "bob",
      auth: "computational",
      budget: { total: 1e-8 },
      budgetUse: { level: "fine", of: "total", used: 0.1 },
      yearlyPace: expect.closeTo(3.65e-7, 12),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
