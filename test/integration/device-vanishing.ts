import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";
import { QkdError } from "../../errors/index.ts";
import { addressAt, Colleague, device, VanishingWay } from "./device-trial.ts";

/** What is played at a unit that vanishes; `FILE` stands for a file of settings. */
const ACTIONS: readonly (readonly string[])[] = [
  ["show"],
  ["get"],
  ["set", "deadTimeGates=9", "deviceName=x", "gateDelayPs=40", "statusIntervalMs=700"],
  ["apply", "FILE", "--yes", "--volatile"],
  ["export", "NEW"],
  ["self-test"],
  ["calibrate", "init"],
  ["measure", "gateDelay", "--points", "5", "--dwell", "50"],
  ["alarms", "--clear"],
  ["log"],
  ["reset"],
];
/** What a command may say of it. */
const TOLD = /^QKD_(TRANSPORT_(CLOSED|OPEN|WRITE)|REQUEST_TIMEOUT|DEVICE_STATE)$/;
const AWAY_MS = 60;

/** For each action: its unit vanishes at so many random moments, and comes back a little later. */
export function unitsVanish(moments: number, seed: number): void {
  let link: EmulatedLink;
  let way: VanishingWay;
  let folder: string;
  beforeAll(async () => {
    link = await startEmulatedLink({
      clockHz: 1e6,
      lossDb: 5,
      speed: "max",
      listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
    });
    way = await VanishingWay.to(addressAt(link, "bob"));
    folder = mkdtempSync(join(tmpdir(), "qkdlink-device-"));
    vi.stubEnv("XDG_STATE_HOME", join(folder, "state"));
    await device(way.address, "export", join(folder, "settings.yaml"));
    // The file then says something else than the unit.
    const other = await Colleague.at(addressAt(link, "bob"));
    for (const name of ["deadTimeGates", "statusIntervalMs"] as const) await other.set(name, 300);
    other.close();
  });
  afterAll(async () => {
    way.close();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
    await link.stop();
  });

  it.each(ACTIONS.map((words) => [words[0], words] as const))(
    "%s ends with one sentence and leaves nothing half set",
    async (_name, words) => {
      let made = 0;
      const run = () =>
        device(
          way.address,
          ...words.map((word) =>
            word === "FILE"
              ? join(folder, "settings.yaml")
              : word === "NEW"
                ? join(folder, `${made++}.yaml`)
                : word,
          ),
        );
      const other = await Colleague.at(addressAt(link, "bob"));
      const before = await other.look();
      way.vanishAfter(Number.POSITIVE_INFINITY, 0);
      expect((await run()).error).toBeUndefined();
      const { bytes } = way;
      const random = numbers(seed);
      let vanished = 0;
      for (let moment = 0; moment < moments; moment++) {
        for (const [name, value] of Object.entries(before.values))
          if ((await other.look()).values[name] !== value) await other.set(name as "deadTimeGates", value);
        way.vanishAfter(Math.floor(random() * bytes), AWAY_MS);
        const { error } = await run();
        if (error !== undefined) {
          vanished += 1;
          expect(error).toBeInstanceOf(QkdError);
          expect((error as QkdError).code).toMatch(TOLD);
          expect((error as QkdError).line).not.toContain("\n");
          await expect.poll(() => other.look()).toEqual(before);
        }
        // Back on the line, the next command works as ever: nothing is kept, nothing waits.
        way.vanishAfter(Number.POSITIVE_INFINITY, 0);
        await vi.waitFor(
          async () => expect((await device(way.address, "restore", "--json")).error).toBeUndefined(),
          { interval: 5, timeout: 5000 },
        );
        const { holder, state } = await other.look();
        expect([holder, state]).toEqual(["", "idle"]);
      }
      expect(vanished).toBeGreaterThan(moments / 4);
      other.close();
    },
    20_000 + 4000 * moments,
  );
}

/** Numbers from 0 to 1 that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
