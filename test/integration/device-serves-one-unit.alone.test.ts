import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";
import { addressAt, Colleague, device, pressCtrlC } from "./device-trial.ts";

let link: EmulatedLink;
let alice: string;
let bob: string;
let folder: string;
const colleagues: Colleague[] = [];
beforeAll(async () => {
  link = await startEmulatedLink({
    clockHz: 1e7,
    lossDb: 5,
    speed: "max",
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
  });
  [alice, bob] = [addressAt(link, "alice"), addressAt(link, "bob")];
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-device-"));
  vi.stubEnv("XDG_STATE_HOME", join(folder, "state"));
});
afterEach(async () => {
  for (const one of colleagues.splice(0)) one.close();
  for (const address of [alice, bob]) {
    await vi.waitFor(async () =>
      expect((await device(address, "reset", "factory", "--yes")).error).toBeUndefined(),
    );
  }
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true });
});
afterAll(() => link.stop());

async function colleague(address: string): Promise<Colleague> {
  const one = await Colleague.at(address);
  colleagues.push(one);
  return one;
}
const json = (text: string) => JSON.parse(text.trim().split("\n").at(-1) ?? "");
const file = (name: string) => join(folder, name);

describe("qkdlink device", () => {
  it("shows who a unit is, how it is set and who keeps it", async () => {
    const other = await colleague(bob);
    await other.lease("ann");
    const { out } = await device(bob);
    expect(out).toMatch(/^qkdlink EMU-QRX \w+: QRX receiver/);
    expect(out).toMatch(/^lease {7}ann, for \d+ s$/m);
    expect(out).toMatch(/^ {2}gateDelayPs +0 ps +-1000 to 1000 ps +volatile$/m);
    const shown = json((await device(bob, "show", "--json")).out);
    expect(shown).toMatchObject({
      unit: { role: "qrx" },
      lease: { holder: "ann" },
      status: { state: "idle" },
    });
  });

  it("gets and sets by name, one or several", async () => {
    expect((await device(bob, "set", "gateDelayPs", "-40")).out).toBe("gateDelayPs: 0 ps -> -40 ps\n");
    const { out } = await device(bob, "set", "deadTimeGates=7", "deviceName=µ 1", "--json");
    expect(json(out).set).toEqual([
      { name: "deadTimeGates", from: 0, to: 7, unit: "gates" },
      { name: "deviceName", from: "", to: "µ 1", unit: "" },
    ]);
    expect((await device(bob, "get", "gateDelayPs")).out).toMatch(/^gateDelayPs {2}-40 ps/);
    expect((await device(alice, "set", "laserEnabled", "off")).out).toBe("laserEnabled: true -> false\n");
    const { values, holder } = await (await colleague(bob)).look();
    expect(values).toMatchObject({ gateDelayPs: -40, deadTimeGates: 7, deviceName: "µ 1" });
    expect(holder).toBe("");
  });

  it("sets what binds each other, in whatever order", async () => {
    const { error } = await device(
      alice,
      "set",
      "meanPhotonsU=0.08",
      "meanPhotonsV=0.05",
      "meanPhotonsW=0.0001",
    );
    expect(error).toBeUndefined();
    const { values } = await (await colleague(alice)).look();
    expect(values).toMatchObject({ meanPhotonsU: 0.08, meanPhotonsV: 0.05 });
  });

  it("sets all or nothing", async () => {
    const other = await colleague(alice);
    const before = await other.look();
    const { error } = await device(alice, "set", "meanPhotonsU=0.2", "meanPhotonsV=0.3", "attenuationDb=5");
    expect(error).toMatchObject({ code: "QKD_DEVICE_BAD_PARAMETER" });
    expect(await other.look()).toEqual(before);
  });

  it.each([
    [["set", "gateDelaysPs", "1"], "QKD_DEVICE_BAD_PARAMETER", /write gateDelayPs/],
    [["set", "gateDelayPs", "5000"], "QKD_DEVICE_BAD_PARAMETER", /from -1000 to 1000 ps/],
    [["set", "gateDelayPs", "much"], "QKD_DEVICE_BAD_PARAMETER", /takes a number/],
    [["set", "clockHz", "1"], "QKD_DEVICE_BAD_PARAMETER", /cannot be changed/],
    [["set", "a=1", "a=2"], "QKD_USAGE", /set twice/],
    [["set", "gateDelayPs"], "QKD_USAGE", /NAME VALUE/],
    [["get", "gate"], "QKD_DEVICE_BAD_PARAMETER", /no parameter gate/],
    [["tune", "modulator"], "QKD_DEVICE_UNKNOWN_OPCODE", /cannot adjust modulator/],
    [["measure", "attenuation"], "QKD_DEVICE_UNKNOWN_OPCODE", /no attenuationDb/],
    [["sho"], "QKD_USAGE", /write show/],
  ])("%o is one sentence with its remedy", async (words, code, sentence) => {
    const { error } = await device(bob, ...words);
    expect(error).toMatchObject({ code });
    expect((error as { line: string }).line).toMatch(sentence);
    expect((error as { line: string }).line).not.toContain("\n");
  });

  it("measures, point by point, and leaves the setting as it was", async () => {
    await (await colleague(alice)).set("attenuationDb", 1);
    const words = ["measure", "attenuation", "--from", "0", "--to", "10", "--points", "3", "--dwell", "100"];
    const { out, error } = await device(alice, ...words, "--json");
    expect(error).toBeUndefined();
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.point?.x)).toEqual([0, 5, 10, undefined]);
    expect(lines.at(-1)).toMatchObject({ kind: "attenuation", points: 3, completed: true });
    expect((await (await colleague(alice)).look()).values.attenuationDb).toBe(1);
    const counted = (await device(bob, "measure")).out;
    expect(counted).toMatch(/QBER Z.*\n.* \d\.\d\d %/);
    const times =
      /^ {2}detector [01]: \d+ clicks, mean -?\d+\.\d ps, spread \d+\.\d ps rms, -250 [▁-█]{50} 250 ps$/gm;
    expect(counted.match(times)).toHaveLength(2);
    expect((await device(bob)).out.match(times)).toEqual(counted.match(times));
  });

  it("tests, calibrates, tells alarms and log", async () => {
    const other = await colleague(bob);
    // A unit that has just started has not looked at the light yet, and shows what it saw before until it looks.
    await vi.waitFor(async () => {
      const { uptimeMs, countRate0Hz } = await other.client.call("getStatus", {});
      expect([uptimeMs > 200n, countRate0Hz > 0]).toEqual([true, true]);
    }, 10_000);
    expect(json((await device(bob, "self-test", "--json")).out)).toMatchObject({ passed: true });
    const { out } = await device(bob, "calibrate", "detectorGates");
    expect(out).toMatch(/^detectorGates: passed/m);
    expect(json((await device(bob, "alarms", "--clear", "--json")).out)).toEqual({ alarms: [] });
    expect((await device(bob, "log")).out).toMatch(/info {4}calibration 1 started/);
  });

  it("stays away from a unit that somebody else has, and says who", async () => {
    const other = await colleague(bob);
    await other.lease("ann");
    const before = await other.look();
    for (const words of [
      ["set", "gateDelayPs", "5"],
      ["self-test"],
      ["calibrate"],
      ["measure"],
      ["reset"],
      ["alarms", "--clear"],
    ]) {
      const { error } = await device(bob, ...words);
      expect(error).toMatchObject({ code: "QKD_DEVICE_BUSY", message: expect.stringContaining("ann") });
    }
    expect(await other.look()).toEqual(before);
    expect((await device(bob, "get", "gateDelayPs")).error).toBeUndefined();
  });

  it("puts back what was not finished when the user presses Ctrl-C", async () => {
    const other = await colleague(bob);
    const running = device(bob, "measure", "gateDelay", "--from", "100", "--to", "200", "--dwell", "60000");
    await vi.waitFor(async () => expect((await other.look()).values.gateDelayPs).toBe(100));
    pressCtrlC();
    expect(await running).toMatchObject({ hints: "stopped\n", error: undefined });
    expect(process.exitCode).toBe(1);
    expect(await other.look()).toMatchObject({ values: { gateDelayPs: 0 }, holder: "", state: "idle" });
  });

  it("goes on telling the log until Ctrl-C, which is a good end of that", async () => {
    const running = device(bob, "log", "--follow");
    const other = await colleague(bob);
    await other.set("deviceName", "told");
    await new Promise((resolve) => setTimeout(resolve, 0));
    pressCtrlC();
    expect((await running).error).toBeUndefined();
  });
});

describe("settings in a file", () => {
  it.each(["unit.yaml", "unit.json"])("%s holds all of them, and sets another unit alike", async (name) => {
    await device(bob, "set", "deadTimeGates=9", 'deviceName=north: "1"', "gateDelayPs=12");
    expect((await device(bob, "export", file(name))).out).toMatch(/holds \d+ settings/);
    await device(bob, "reset", "factory", "--yes");
    await vi.waitFor(async () =>
      expect((await device(bob, "apply", file(name), "--yes")).error).toBeUndefined(),
    );
    const { values, holder } = await (await colleague(bob)).look();
    expect(values).toMatchObject({ deadTimeGates: 9, deviceName: 'north: "1"', gateDelayPs: 0 });
    expect(holder).toBe("");
    const again = await device(bob, "apply", file(name), "--yes", "--volatile", "--json");
    expect(json(again.out)).toMatchObject({
      applied: true,
      changes: [{ name: "gateDelayPs", from: 0, to: 12 }],
    });
    expect((await (await colleague(bob)).look()).values.gateDelayPs).toBe(12);
    expect((await device(bob, "apply", file(name), "--yes", "--volatile")).out).toBe("nothing to change\n");
  });

  it("are shown and not set with --dry-run, and asked for without --yes", async () => {
    await device(bob, "export", file("a.yaml"));
    await device(bob, "set", "deadTimeGates", "9");
    const { out } = await device(bob, "apply", file("a.yaml"), "--dry-run");
    expect(out).toBe("deadTimeGates  9 gates  -> 0 gates\n");
    const { error } = await device(bob, "apply", file("a.yaml"));
    expect(error).toMatchObject({ code: "QKD_USAGE" });
    expect((await (await colleague(bob)).look()).values.deadTimeGates).toBe(9);
  });

  it("do not replace a file, unless told to", async () => {
    await device(bob, "export", file("a.yaml"));
    const kept = readFileSync(file("a.yaml"), "utf8");
    expect((await device(bob, "export", file("a.yaml"))).error).toMatchObject({ code: "QKD_OUTPUT_WRITE" });
    expect(readFileSync(file("a.yaml"), "utf8")).toBe(kept);
    expect((await device(bob, "export", file("a.yaml"), "--force")).error).toBeUndefined();
    expect((await device(bob, "export", file("no/such/folder.yaml"))).error).toMatchObject({
      code: "QKD_OUTPUT_WRITE",
    });
  });

  it.each([
    ["the other end", (text: string) => text.replace('"qrx"', '"qtx"'), "QKD_DEVICE_ROLE", /unit is a qrx/],
    [
      "another model",
      (text: string) => text.replace("EMU-QRX", "X-1"),
      "QKD_DEVICE_IDENTITY",
      /--other-model/,
    ],
    [
      "a setting it lacks",
      (text: string) => text.replace("deadTimeGates", "deadTimeGate"),
      "QKD_DEVICE_BAD_PARAMETER",
      /write deadTimeGates/,
    ],
    [
      "a value it refuses",
      (text: string) => text.replace("deadTimeGates: 0", "deadTimeGates: 1e9"),
      "QKD_DEVICE_BAD_PARAMETER",
      /does not fit this unit/,
    ],
    [
      "a value of no kind",
      (text: string) => text.replace("deadTimeGates: 0", "deadTimeGates: [1]"),
      "QKD_CONFIG_INVALID",
      /a\.yaml:\d+:\d+ settings\.deadTimeGates/,
    ],
    [
      "another format",
      (text: string) => text.replace("settings/1", "settings/2"),
      "QKD_CONFIG_INVALID",
      /a\.yaml:1:\d+ is no/,
    ],
    ["no YAML", () => "a: [", "QKD_CONFIG_INVALID", /a\.yaml:1/],
    ["too much", () => `a: ${"x".repeat(2 << 20)}`, "QKD_CONFIG_INVALID", /too large/],
    ["nothing", () => "", "QKD_CONFIG_INVALID", /a\.yaml:1:1/],
  ])("of %s are refused before anything is set", async (_what, spoil, code, sentence) => {
    await device(bob, "export", file("a.yaml"));
    writeFileSync(file("a.yaml"), spoil(readFileSync(file("a.yaml"), "utf8")));
    const other = await colleague(bob);
    await other.set("statusIntervalMs", 500);
    const before = await other.look();
    const { error } = await device(bob, "apply", file("a.yaml"), "--yes");
    expect(error).toMatchObject({ code });
    expect((error as { line: string }).line).toMatch(sentence);
    expect(await other.look()).toEqual(before);
  });

  it("are not changed where the change cannot be written down first", async () => {
    vi.stubEnv("XDG_STATE_HOME", "/dev/null/state");
    const other = await colleague(bob);
    const before = await other.look();
    expect((await device(bob, "set", "deadTimeGates", "9")).error).toMatchObject({
      code: "QKD_OUTPUT_WRITE",
    });
    expect(await other.look()).toEqual(before);
  });
});
