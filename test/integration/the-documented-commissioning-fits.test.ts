import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { parse } from "yaml";
import { checkLinkPlan, type LinkPlan, plannedLoss } from "../../commissioning/index.ts";
import { openTransceiver } from "../../drivers/index.ts";
import { startEmulatedLink } from "../../emulator/index.ts";

const PAGE = readFileSync(new URL("../../docs/COMMISSIONING.md", import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "qkdlink-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The first block of YAML behind a heading. */
function below(heading: string): string {
  const [, block = ""] = /```yaml\n([\s\S]*?)```/.exec(PAGE.slice(PAGE.indexOf(`${heading}\n`))) ?? [];
  return block;
}

it("the page of commissioning shows a fibre to emulate that is the fibre of its plan", async () => {
  const plan: LinkPlan = parse(below("## The fibre plan"));
  checkLinkPlan(plan);
  const file = join(folder, "fibre.yaml");
  writeFileSync(file, below("### Without hardware"));
  const link = await startEmulatedLink({ scenario: file, speed: "manual" });
  try {
    expect(link.link.channelLossDb).toBeCloseTo(plannedLoss(plan)?.expectedDb ?? 0, 6);
    // What the steps ask of the hands: every channel of the plan is there by its name.
    for (const { name: channel } of plan.channels ?? [])
      for (const event of ["darken", "light"] as const) await link.faults.apply({ event, channel });
    const bob = await openTransceiver(link.addresses.bob.tcp ?? "");
    expect(plan.firmware).toContain(bob.identity.firmware);
    await bob.close();
  } finally {
    await link.stop();
  }
}, 60_000);
