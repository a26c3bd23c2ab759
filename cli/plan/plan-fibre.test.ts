import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { planCommand } from "./plan.ts";

let folder = "";
let path = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-plan-fibre-"));
  path = join(folder, "plan.yaml");
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = undefined;
});

async function run(text: string, ...flags: string[]): Promise<string> {
  writeFileSync(path, text);
  let printed = "";
  const command = planCommand((part) => {
    printed += part;
  });
  command.exitOverride().configureOutput({ writeErr: () => {} });
  await command.parseAsync(["--fibre", path, ...flags], { from: "user" });
  return printed;
}
const json = async (text: string, ...flags: string[]) => JSON.parse(await run(text, ...flags, "--json"));

const PLAN = `name: "west <&> east"
preset: t12
fibre:
  spans: [{ name: "S\\e[31m", lengthKm: 20, dbPerKm: 0.25 }]
  connectors: [{ name: P, lossDb: 0.5 }, { name: Q }]
channels: [{ name: c, wavelengthNm: 1560.61, direction: forward, launchDbm: -30 }]
receiverFilter: { bandwidthNm: 0.1, isolationDb: 120 }
availability: 0.9
demandBps: 1000
stockBits: 6000000
ageing: { dbPerYear: 0.05, years: 10, repairsDb: 0.5 }
tunnels: { count: 10, rekeyS: 60 }
`;

describe("plan --fibre", () => {
  it("plans the fibre of the file", async () => {
    const { fibre, service, ...report } = await json(PLAN);
    expect(report).toMatchObject({ preset: "t12", lossDb: 5.875, fibreKm: 20, availability: 0.9 });
    expect(report.ramanCountsPerGate).toBeGreaterThan(0);
    expect(fibre).toMatchObject({ name: "west <&> east", lossDb: 5.875, fibreKm: 20 });
    expect(
      fibre.parts.map(({ name, assumed }: { name: string; assumed: boolean }) => [name[0], assumed]),
    ).toEqual([
      ["P", false],
      ["S", false],
      ["Q", true],
    ]);
    expect(service).toMatchObject({ availability: 0.9, tunnelsAsked: { count: 10, rekeyS: 60, met: true } });
    expect(service.lossDb.endOfLife).toBeCloseTo(6.875, 9);
    expect(service.dependableBps.today).toBeLessThan(0.9 * report.secretKeyRateBps.finite);
  });

  it("lets flags go before the file", async () => {
    const other = await json(
      PLAN,
      "--preset",
      "yuan2018",
      "--availability",
      "1",
      "--demand-bps",
      "7",
      "--tunnels",
      "3",
    );
    expect(other).toMatchObject({ preset: "yuan2018", availability: 1 });
    expect(other.service.tunnelsAsked.count).toBe(3);
    expect(other.service.demandBps).toBeCloseTo(7 + (3 * 256) / 60, 9);
    const wide = await json(PLAN, "--filter-bandwidth-nm", "0.4");
    expect(wide.ramanCountsPerGate).toBeCloseTo(4 * (await json(PLAN)).ramanCountsPerGate, 12);
    const csv = join(folder, "channels.csv");
    writeFileSync(csv, "frequency_thz,launch_dbm\n");
    expect((await json(PLAN, "--channels", csv)).ramanCountsPerGate).toBe(0);
  });

  it("prints names of a file without what would move the cursor, and draws them without what would be markup", async () => {
    const svg = join(folder, "plan.svg");
    const table = await run(PLAN, "--svg", svg);
    expect(table).not.toContain("\u001b");
    for (const part of [
      "Fibre",
      "Margin",
      "AES-256 keys a minute",
      "Tunnels",
      "What to change first",
      "S\\u001b[31m",
    ])
      expect(table).toContain(part);
    const drawn = readFileSync(svg, "utf8");
    expect(drawn).toContain("west &#60;&#38;&#62; east");
    expect(drawn).toContain("What to change first");
    expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
    expect(drawn).not.toContain("\u001b");
  });

  it.each([
    [
      "a link that makes no key",
      "fibre: { spans: [{ name: A, lengthKm: 200, dbPerKm: 0.4 }] }\ndemandBps: 9",
    ],
    ["a fibre of no length", "fibre: { spans: [{ name: A, lengthKm: 0 }] }"],
    ["a link that is never available", "fibre: { spans: [{ name: A, lengthKm: 9 }] }\navailability: 0"],
  ])("plans and draws %s", async (_name, text) => {
    const svg = join(folder, "odd.svg");
    const table = await run(text, "--svg", svg);
    expect(`${table}${readFileSync(svg, "utf8")}`).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("sweeps the planned link where it is asked to", async () => {
    const { points } = await json(PLAN, "--sweep", "loss=0:10:5");
    expect(points.map(({ fibreKm }: { fibreKm: number }) => fibreKm)).toEqual(
      [0, 20, 40].map((km) => expect.closeTo(km * (5 / 5), 6)),
    );
  });

  it("tells all mistakes of the file, and plans nothing", async () => {
    const svg = join(folder, "never.svg");
    const lines = (await run("preset: x\nfibre: { spans: 5 }\n", "--svg", svg)).trim().split("\n");
    expect(lines).toEqual([
      expect.stringContaining(`${path}:1:9 error QKD_CONFIG_INVALID preset is "x"`),
      expect.stringContaining(`${path}:2:17 error QKD_CONFIG_INVALID fibre.spans is 5`),
    ]);
    expect(process.exitCode).toBe(2);
    expect(() => readFileSync(svg)).toThrow();
    const { ok, mistakes } = await json("preset: x\n");
    expect([ok, mistakes[0].line, mistakes[0].field]).toEqual([false, 1, "preset"]);
  });

  it.each([
    ["QKD_USAGE", "--loss-db and --fibre say the same thing twice", PLAN, ["--loss-db", "5"]],
    ["QKD_USAGE", "--fibre-km and --fibre", PLAN, ["--fibre-km", "5"]],
    ["QKD_CONFIG_INVALID", "fibre.spans is missing", "name: nothing yet", []],
    [
      "QKD_CONFIG_INVALID",
      "fibre.band is 1550, but",
      "fibre: { band: '1550', spans: [{ name: A, lengthKm: 1 }] }",
      ["--preset", "mu-oband"],
    ],
    ["QKD_CONFIG_INVALID", "there is no link preset", PLAN, ["--preset", "t13"]],
  ])("%s: %s", async (code, message, text, flags) => {
    await expect(run(text, ...flags)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});
