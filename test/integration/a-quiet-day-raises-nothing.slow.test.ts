import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createDemoState } from "../../cli/index.ts";
import type { BlockReport, Controller, ControllerEvent } from "../../controller/index.ts";
import type { OpenedTransceiver } from "../../drivers/index.ts";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";
import { driftAveraged } from "../../emulator/optics/drift/drift-averaged.ts";
import { openSite } from "./open-site.ts";
import { readyMade } from "./scenario-play.ts";

/** The short form of a day; the whole of it is QUIET_HOURS=24. */
const HOURS = Number(process.env.QUIET_HOURS ?? 6);
/** So slow that hours pass in seconds, and fast enough for the detectors' lowest operating rate of 1000 clicks a second. */
const CLOCK_HZ = 1e5;
/** Gates for which the light takes the usual drift as constant. */
const SLICE_GATES = 2 ** 20;
const TROUBLES = ["eavesdropperSuspected", "linkDegraded", "fallbackEngaged", "keysLost", "keysBurnt"];

interface WatchedSite {
  readonly site: Controller;
  readonly transceiver: OpenedTransceiver;
  readonly events: ControllerEvent[];
}

async function watch(
  root: string,
  name: "alice" | "bob",
  peer: { peer: string } | { peerListen: string },
  emulator: EmulatedLink,
): Promise<WatchedSite> {
  const { site, transceiver } = await openSite(root, name, emulator, emulator.link, peer);
  const events: ControllerEvent[] = [];
  site.events$.subscribe((event) => events.push(event));
  return { site, transceiver, events };
}

/** Blocks of a site until they hold this many gates. */
function blocksOf({ site }: WatchedSite, gates: number): Promise<BlockReport[]> {
  return new Promise((resolve, reject) => {
    const blocks: BlockReport[] = [];
    let seen = 0;
    site.blocks$.subscribe({
      next: (block) => {
        blocks.push(block);
        seen += Number(block.gates);
        if (seen >= gates) resolve(blocks);
      },
      error: reject,
    });
  });
}

it("a day of a quiet link is the closed form's mean over its drift, and nobody raises an alarm", async (test) => {
  const root = await createDemoState(mkdtempSync(join(tmpdir(), "qkdlink-day-")));
  test.onTestFinished(() => rmSync(root, { recursive: true }));
  const emulator = await startEmulatedLink({
    scenario: readyMade("quiet-metro", { clockHz: CLOCK_HZ, longestFrame: "60 s", duration: "48 h" }),
    speed: "max",
    seed: 5,
  });
  test.onTestFinished(() => emulator.stop());
  const alice = await watch(root, "alice", { peerListen: "tls://127.0.0.1:0" }, emulator);
  const bob = await watch(root, "bob", { peer: `tls://127.0.0.1:${alice.site.peerPort}` }, emulator);
  test.onTestFinished(async () => {
    for (const { site, transceiver } of [bob, alice]) {
      await site.close();
      await transceiver.close();
    }
  });
  const gatesWanted = HOURS * 3600 * CLOCK_HZ;
  const [blocks] = await Promise.all([blocksOf(bob, gatesWanted), blocksOf(alice, gatesWanted)]);

  const sum = (of: (block: BlockReport) => number) => blocks.reduce((total, block) => total + of(block), 0);
  const gates = sum((block) => Number(block.gates));
  const detections = sum((block) => block.detections);
  const untilS = gates / CLOCK_HZ;
  const mean = driftAveraged(emulator.link, 5n, untilS, SLICE_GATES / CLOCK_HZ);
  const within = (seen: number, expected: number, counts: number) => {
    // The thermal model leaves some ten-thousandths; afterpulses come in company.
    expect(Math.abs(seen / expected - 1)).toBeLessThan(3e-4 + 6 / Math.sqrt(counts));
  };
  const cells = (of: (block: BlockReport) => readonly number[], from: number) =>
    sum((block) =>
      of(block)
        .slice(from, from + 3)
        .reduce((total, count) => total + count, 0),
    );
  within(detections / gates, mean.clicksPerGate, detections);
  for (const [at, basis] of (["z", "x"] as const).entries()) {
    const sifted = cells(({ counts }) => counts.sifted, 3 * at);
    const errors = cells(({ counts }) => counts.errors, 3 * at);
    within(errors / sifted, mean.qber[basis], errors);
  }
  expect(blocks.filter(({ aborted }) => aborted !== null)).toEqual([]);
  for (const { events, transceiver } of [alice, bob]) {
    expect(events.filter(({ type }) => TROUBLES.includes(type))).toEqual([]);
    expect(transceiver.alarmHistory()).toEqual([]);
  }
}, 600_000);
