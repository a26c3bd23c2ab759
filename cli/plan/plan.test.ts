import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planCommand } from "./plan.ts";
import { parseChannelPlan } from "./plan-channels.ts";
import { parseSweep } from "./plan-sweep.ts";
import { withPrefix } from "./plan-table.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-plan-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...flags: string[]): Promise<string> {
  let printed = "";
  const command = planCommand((text) => {
    printed += text;
  });
  command.exitOverride().configureOutput({ writeErr: () => {} });
  await command.parseAsync(flags, { from: "user" });
  return printed;
}

const plan = async (...flags: string[]) => JSON.parse(await run(...flags, "--json"));
const relative = (value: number, reference: number) => Math.abs(value / reference - 1);

describe("plan", () => {
  it("reproduces the T12 experiment", async () => {
    const report = await plan("--preset", "t12", "--loss-db", "10");
    const sent = 1.2e12 * (15 / 16) ** 2;
    const [u, v, w] = [5.016e9 / (1 - 2 ** -7 - 2 ** -8), 6.21e6 * 128, 1.259e6 * 256].map(
      (count) => count / sent,
    );
    expect(relative(report.gains[0], u ?? 0)).toBeLessThan(0.01);
    expect(relative(report.gains[1], v ?? 0)).toBeLessThan(0.02);
    expect(relative(report.gains[2], w ?? 0)).toBeLessThan(0.05);
    expect(relative(report.secretKeyRateBps.finite, 1.09e6)).toBeLessThan(0.08);
    expect(report.blockS).toBe(1200);
  });

  it("reproduces the 10 Mb/s system", async () => {
    const report = await plan("--preset", "yuan2018", "--loss-db", "2");
    expect(relative(report.secretKeyRateBps.finite, 13.72e6)).toBeLessThan(0.02);
    expect(relative(report.siftedRateBps, 39.2e6)).toBeLessThan(0.02);
    expect(report.qber.z).toBeCloseTo(0.023, 3);
    expect(report.secretKeyRateBps.controller).toBeGreaterThan(13e6);
    expect(report.plobBps).toBeGreaterThan(report.idealDecoyBps);
    expect(report.suffices.aes256KeysPerS).toBeCloseTo(report.secretKeyRateBps.finite / 256, 6);
  });

  it("lets every physical parameter be overridden", async () => {
    const base = await plan("--preset", "t12");
    const changes: [string, string][] = [
      ["--clock-hz", "2e9"],
      ["--intensities", "0.5,0.1,0.002"],
      ["--intensity-probabilities", "0.8,0.1,0.1"],
      ["--alice-z-probability", "0.8"],
      ["--bob-z-probability", "0.8"],
      ["--receiver-loss-db", "4"],
      ["--detector-efficiency", "0.3"],
      ["--dark-counts-per-gate", "1e-4,2e-4"],
      ["--afterpulse-probability", "0.01"],
      ["--dead-gates", "20"],
      ["--misalignment", "0.02,0.03"],
      ["--noise-per-gate", "1e-4"],
      ["--fibre-km", "20"],
      ["--epsilon", "1e-6"],
      ["--reconciliation-efficiency", "1.3"],
    ];
    for (const [flag, value] of changes) {
      const changed = await plan("--preset", "t12", flag, value);
      expect(changed.secretKeyRateBps.finite, flag).not.toBe(base.secretKeyRateBps.finite);
    }
    const short = await plan("--preset", "t12", "--dead-gates", "10", "--afterpulse-gates", "1");
    const long = await plan("--preset", "t12", "--dead-gates", "10", "--afterpulse-gates", "100");
    expect(short.gains[2]).toBeLessThan(long.gains[2]);
  });

  it("adds the noise of a channel plan", async () => {
    const path = join(folder, "plan.csv");
    writeFileSync(
      path,
      "# lit\nwavelength_nm,launch_dbm,direction\n1550.92,0,forward\n1551.72,-3,backward\n",
    );
    const quiet = await plan("--preset", "mu-oband", "--fibre-km", "40");
    const lit = await plan("--preset", "mu-oband", "--fibre-km", "40", "--channels", path);
    expect(quiet.ramanCountsPerGate).toBe(0);
    expect(lit.ramanCountsPerGate).toBeGreaterThan(0);
    expect(lit.ramanCountsPerGate).toBeCloseTo(
      lit.noiseCountsPerGate.ramanForward + lit.noiseCountsPerGate.ramanBackward,
      15,
    );
    expect(lit.qber.z).toBeGreaterThan(quiet.qber.z);
    expect(lit.secretKeyRateBps.finite).toBeLessThan(quiet.secretKeyRateBps.finite);
    const table = await run("--preset", "mu-oband", "--channels", path);
    expect(table).toContain("Raman noise");
  });

  it("prints a table with units", async () => {
    const table = await run("--preset", "yuan2018", "--loss-db", "2");
    for (const part of [
      "2 dB (10 km)",
      "13.7 Mb/s",
      "AES-256 keys",
      "one-time pad",
      "PLOB bound",
      "2.30 %",
    ]) {
      expect(table).toContain(part);
    }
  });

  it("says what kind of preset it uses, and what was published near its answer", async () => {
    const table = await run("--preset", "installed-metro", "--loss-db", "10");
    expect(table).toContain("installed-metro, fitted to units in operation");
    expect(table).toContain("741 kb/s, QBER 2.4 % (Toshiba, Quantum Bridge 2026)");
    expect(await run("--preset", "yuan2018")).toContain("yuan2018, a record in a laboratory");
    expect((await plan("--preset", "ld-cband")).presetKind).toBe("assumed");
  });

  it("takes the availability off the average alone", async () => {
    const whole = await plan("--preset", "installed-long");
    const half = await plan("--preset", "installed-long", "--availability", "0.5");
    expect(half.secretKeyRateBps.finite).toBe(whole.secretKeyRateBps.finite);
    expect(half.secretKeyRateBps.average).toBeCloseTo(whole.secretKeyRateBps.finite / 2, 6);
    expect(await run("--preset", "installed-long", "--availability", "0.5")).toContain("50 % available");
  });

  it("sweeps the loss and draws it", async () => {
    const path = join(folder, "sweep.svg");
    const { points } = await plan("--preset", "t12", "--sweep", "loss=0:30:5", "--svg", path);
    expect(points.map((point: { lossDb: number }) => point.lossDb)).toEqual([0, 5, 10, 15, 20, 25, 30]);
    const svg = readFileSync(path, "utf8");
    expect(svg.match(/<polyline/g)).toHaveLength(6);
    for (const part of ["PLOB bound", "channel loss in dB", "1 Mb/s", "125 km", "finite (t12)"])
      expect(svg).toContain(part);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const lines = (await run("--sweep", "fibre=0:50:25")).trim().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[2]).toContain("25");
  });

  it("draws also where no key is left, and where a sweep is one point", async () => {
    const path = join(folder, "dark.svg");
    for (const range of ["loss=60:80:10", "loss=5:5:1"]) {
      await run("--sweep", range, "--svg", path);
      expect(readFileSync(path, "utf8")).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it("optimises the source", async () => {
    const flags = ["--preset", "t12", "--bound", "lim-chernoff", "--block-bits", "1e8"];
    const optimised = await plan(...flags, "--optimise");
    expect(relative(optimised.secretKeyRateBps.finite, 0.802e6)).toBeLessThan(0.02);
  });
});

describe("plan refuses", () => {
  it.each([
    ["QKD_USAGE", "--loss-db needs a number", ["--loss-db", "ten"]],
    ["QKD_USAGE", "--intensities needs 3 numbers", ["--intensities", "0.4,0.1"]],
    ["QKD_USAGE", "same thing twice", ["--loss-db", "2", "--fibre-km", "10"]],
    ["QKD_USAGE", "same thing twice", ["--block-bits", "1e6", "--session-s", "10"]],
    ["QKD_USAGE", "cannot read", ["--sweep", "power=1:2:1"]],
    ["QKD_PHYSICS_RANGE", "--loss-db is -1", ["--loss-db=-1"]],
    ["QKD_PHYSICS_RANGE", "intensityProbabilities is 1.5", ["--intensity-probabilities", "0.5,0.5,0.5"]],
    ["QKD_PHYSICS_RANGE", "intensities[1]", ["--intensities", "0.1,0.4,0"]],
    ["QKD_PHYSICS_RANGE", "--availability is 1.5", ["--availability", "1.5"]],
    ["QKD_PHYSICS_RANGE", "blockBits", ["--block-bits", "0"]],
    ["QKD_CONFIG_INVALID", "no link preset", ["--preset", "t13"]],
    ["QKD_CONFIG_UNREADABLE", "cannot be read", ["--channels", "/nonexistent/plan.csv"]],
    ["QKD_OUTPUT_WRITE", "cannot be written", ["--svg", "/nonexistent/folder/x.svg"]],
  ])("%s: %s", async (code, message, flags) => {
    await expect(run(...flags)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("an unknown bound, naming the known ones", async () => {
    await expect(run("--bound", "best")).rejects.toThrow(/lim-chernoff/);
  });
});

describe("channel plan", () => {
  const parse = (text: string) => parseChannelPlan(Buffer.from(text), "plan.csv");

  it("reads frequencies on any G.694.1 grid and coarse wavelengths", () => {
    expect(parse("direction,launch_dbm,frequency_thz\nforward,-1.5,193.10625\n")).toEqual([
      { frequencyThz: 193.10625, launchDbm: -1.5, direction: "forward" },
    ]);
    expect(parse("wavelength_nm,launch_dbm,direction\r\n1547.72,0,backward\r\n1551,0,forward")).toEqual([
      { frequencyThz: 193.7, launchDbm: 0, direction: "backward" },
      { frequencyThz: expect.closeTo(193.2898, 4), launchDbm: 0, direction: "forward" },
    ]);
    expect(parse("frequency_thz,launch_dbm,direction\n")).toEqual([]);
  });

  it.each<[string, string | Buffer]>([
    ["quotation marks", '"frequency_thz","launch_dbm"\n"193.1","0"'],
    ["a byte order mark", "\uFEFFfrequency_thz,launch_dbm\n193.1,0"],
    ["UTF-16 with tabs", Buffer.from("\uFEFFfrequency_thz\tlaunch_dbm\r\n193,1\t0\r\n", "utf16le")],
    ["semicolons and decimal commas", "Frequency [THz];Launch power [dBm]\r\n193,1;0,0\r\n"],
    ["units in brackets", "Frequency (THz),Launch power (dBm)\n193.1,0"],
    ["a column of numbers", "#,frequency_thz,launch_dbm\n1,193.1,0"],
    ["empty cells of a direction", "frequency_thz,launch_dbm,direction\n193.1,0,"],
    ["empty rows and columns behind", "frequency_thz,launch_dbm,,\n,,,\n193.1,0,,\n,,,\n"],
    ["a comment with quotation marks", '# 19" rack\nfrequency_thz,launch_dbm\n193.1,0'],
    ["a note over several lines", 'note,frequency_thz,launch_dbm\n"a ""b""\nc, d",193.1,0'],
    ["frequency and wavelength that agree", "wavelength_nm,frequency_thz,launch_dbm\n1552.52,193.1,0"],
    ["either of them in a row", "wavelength_nm,frequency_thz,launch_dbm\n1552.52,,0"],
  ])("reads what spreadsheets write: %s", (_name, text) =>
    expect(parseChannelPlan(Buffer.from(text), "plan.csv")).toEqual([
      { frequencyThz: 193.1, launchDbm: 0, direction: "forward" },
    ]),
  );

  it("takes the minus sign that spreadsheets of the north write", () =>
    expect(parse("frequency_thz;launch_dbm\n193,1;\u22123,5")[0]?.launchDbm).toBe(-3.5));

  it("refuses by row what no fibre or no receiver takes", () => {
    const parseFor = (text: string) => () =>
      parseChannelPlan(Buffer.from(text), "plan.csv", {
        quantumWavelengthNm: 1550.116,
        filterBandwidthNm: 0.2,
      });
    const table = "frequency_thz,launch_dbm\n193.1,0\n";
    expect(parseFor(`${table}193.4,0`)).toThrow(
      "plan.csv line 3, channel: lies in the quantum channel's filter at 1550.116 nm",
    );
    expect(parseFor(`${table}193.5,31`)).toThrow("plan.csv line 3, launch_dbm: 31 is beyond -100 to 30 dBm");
    expect(parseFor(`${table}193.5,0`)()).toHaveLength(2);
  });

  it("is read for the receiver of the link that is planned", async () => {
    const path = join(folder, "on-the-quantum-channel.csv");
    writeFileSync(path, "frequency_thz,launch_dbm\n193.4,0\n");
    await expect(plan("--preset", "t12", "--channels", path)).rejects.toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: expect.stringContaining("on-the-quantum-channel.csv line 2"),
    });
    await plan("--preset", "mu-oband", "--channels", path);
  });

  it("takes a channel in both directions", () =>
    expect(parse("thz,dbm,direction\n193.1,0,forward\n193.1,0,backward")).toHaveLength(2));

  it("takes other common names and forward channels without a direction", () => {
    expect(parse("Wavelength nm,Power dBm\n1547.72,1")).toEqual([
      { frequencyThz: 193.7, launchDbm: 1, direction: "forward" },
    ]);
    expect(parse("thz,dbm,direction\n193.7,1,counter")[0]?.direction).toBe("backward");
  });

  it.each([
    ["", "line 1, header"],
    ["frequency_thz,direction\n", "launch_dbm is missing"],
    ["launch_dbm\n", "frequency_thz or wavelength_nm is missing"],
    ["frequency_thz,launch_dbm,direction\n193.1,0,sideways", "line 2, direction"],
    ["# c\nfrequency_thz,launch_dbm,direction\n\n193.1,zero,forward", "line 4, launch_dbm"],
    ["frequency_thz,launch_dbm,direction\n193.12,0,forward", "neither the DWDM nor the CWDM grid"],
    ["wavelength_nm,launch_dbm,direction\n-5,0,forward", "grid"],
    ["frequency_thz,launch_dbm,direction\n193.1", "line 2, launch_dbm"],
    ["frequency_thz,launch_dbm\n193.1", "line 2, launch_dbm"],
    [
      "wavelength_nm,frequency_thz,launch_dbm\n1550.12,193.1,0",
      "1550.12 nm is not 193.1 THz: that is 1552.524 nm",
    ],
    ["frequency_thz,launch_dbm\n193.10,0\n193.2,0\n193.1,-3", "line 4, channel: stands in line 2 already"],
    ["thz,frequency_thz,dbm\n193.1,193.1,0", "line 1, header: the column frequency_thz stands in it 2 times"],
    ["wavelength_nm,frequency_thz,launch_dbm\n,,0", "line 2, frequency_thz: neither"],
    ['frequency_thz,launch_dbm\n"193.1,0', "its quotation marks do not match"],
    ["frequency_thz,launch_dbm\n193,1,0", "line 2, row: has 3 cells, the header 2"],
    ["frequency_thz,launch_dbm\n193.1,1e999", '"1e999" is beyond all numbers'],
    ["frequency_thz,launch_dbm\n0x10,0", '"0x10" is not a number'],
  ])("names the place in %j", (text, place) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_INVALID", message: expect.stringContaining(place) }),
    );
  });
});

describe("small parts", () => {
  it("sweep ranges include both ends and have a limit", () => {
    expect(parseSweep("loss=0:1:0.1").values).toHaveLength(11);
    expect(parseSweep("loss=0:1:0.3").values).toEqual([0, 0.3, 0.6, 0.9]);
    for (const text of ["loss=0:1:1e-9", "loss=1:0:1", "loss=0:1:0", "loss=0::1", "loss", "loss=-1:2:1"]) {
      expect(() => parseSweep(text)).toThrow(expect.objectContaining({ code: "QKD_USAGE" }));
    }
  });

  it("numbers carry prefixes", () => {
    expect(withPrefix(13_692_491, "b/s")).toBe("13.7 Mb/s");
    expect(withPrefix(999.9, "b/s")).toBe("1000 b/s");
    expect(withPrefix(0.5, "b/s")).toBe("0.5 b/s");
    expect(withPrefix(0, "b/s")).toBe("0 b/s");
    expect(withPrefix(Number.POSITIVE_INFINITY, "b/s")).toBe("unbounded b/s");
  });
});
