import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkLinkPlan } from "../../commissioning/index.ts";
import { readPlan } from "../commission/read-plan.ts";
import { parseFibrePlan, planOf, readFibrePlan } from "./fibre-plan-file.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-fibre-plan-"));
afterAll(() => rmSync(folder, { recursive: true }));

const told = (text: string) =>
  parseFibrePlan(text, "plan.yaml").findings.map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );

describe("a plan file", () => {
  it("is told all its mistakes, each at its place, in the order of the lines", () => {
    const text = [
      "preset: yuan2019",
      "fibre:",
      "  spans:",
      "    - { name: A, lengthkm: 3 }",
      "    - { name: B, lengthKm: -1, lossDb: much }",
      "channels:",
      "  - { name: c, wavelengthNm: 1560, direction: up, launchDbm: 0 }",
      "tunels: 5",
    ].join("\n");
    expect(told(text)).toEqual([
      expect.stringMatching(/^1:9 preset is "yuan2019", allowed is one of t12/),
      expect.stringMatching(/^4:18 .*lengthkm is no known field .*did you mean lengthKm/),
      expect.stringMatching(/^5:28 fibre\.spans\[1\]\.lengthKm is -1/),
      expect.stringMatching(/^5:40 fibre\.spans\[1\]\.lossDb is a text/),
      expect.stringMatching(/^7:47 channels\[0\]\.direction/),
      expect.stringMatching(/^8:1 tunels is no known field .*did you mean tunnels/),
    ]);
  });

  it.each([
    ["fibre: { spans: [ { name: A, lengthKm: 3 ]", /^1:/],
    ["- a\n- b", /its top is no object/],
    ["fibre: 5", /^1:8 fibre is 5, allowed is an object/],
    ["fibre: {}", /^1:8 fibre\.spans is missing/],
    [`fibre: ${"[".repeat(100_000)}`, /nests or repeats too much/],
    [
      "preset: mu-oband\nfibre: { band: '1550', spans: [] }",
      /^2:16 fibre\.band is 1550, but .* is at 1310 nm/,
    ],
    [
      "channels: [{ name: x, wavelengthNm: 1550.1, direction: forward, launchDbm: 0 }]",
      /quantum channel's filter/,
    ],
    [
      "channels: [{ name: x, wavelengthNm: 1690, direction: forward, launchDbm: 0 }]",
      /beyond 1260 to 1675 nm/,
    ],
    [
      "fibre: { spans: [{ name: A, lengthKm: 600, lossDb: 9 }, { name: B, lengthKm: 600, lossDb: 9 }] }",
      /1200 km/,
    ],
    [
      "fibre: { spans: [{ name: A, lengthKm: 60, lossDb: 60 }, { name: B, lengthKm: 60, lossDb: 60 }] }",
      /120 dB/,
    ],
    ["ageing: { dbPerYear: 10, years: 50 }", /^1:9 ageing comes to 500 dB/],
    ["tunnels: { count: 3, rekeyS: 4 }", /tunnels\.rekeyS is 4, allowed is a number of at least 5/],
  ])("says what is wrong with %s", (text, sentence) => expect(told(text).join("\n")).toMatch(sentence));

  it("takes the place of a channel as wavelength or frequency, and refuses two that differ or none", () => {
    const channel = (place: string) => `channels: [{ name: c, ${place} direction: forward, launchDbm: 0 }]`;
    expect(told(channel("thz: 192.1,"))).toEqual([]);
    expect(told(channel("thz: 192.1, wavelengthNm: 1560.61,"))).toEqual([]);
    expect(told(channel("thz: 192.1, wavelengthNm: 1559.79,"))).toEqual([
      expect.stringMatching(/^1:\d+ channel c: 1559\.79 nm is not 192\.1 THz, that is 1560\.606 nm$/),
    ]);
    expect(told(channel(""))).toEqual(["1:12 channel c has neither wavelengthNm nor thz"]);
    expect(told(channel("thz: 193.4,"))).toEqual([
      expect.stringMatching(/at 193\.4 THz lies in the quantum/),
    ]);
    expect(told(channel("thz: 1550,"))).toEqual([expect.stringMatching(/thz is 1550, allowed is a number/)]);
    const twins = [
      "  - { name: a, thz: 192.1, direction: forward, launchDbm: 0 }",
      "  - { name: b, wavelengthNm: 1560.606, direction: forward, launchDbm: 0 }",
    ];
    expect(told(`channels:\n${twins.join("\n")}`)).toEqual([
      "3:30 channel b stands at 1560.606 nm forward already, as a",
    ]);
    expect(() =>
      checkLinkPlan({
        channels: [{ name: "c", thz: 192.1, wavelengthNm: 1550, direction: "forward", launchDbm: 0 }],
      }),
    ).toThrow(/the fibre plan: channel c: 1550 nm is not 192\.1 THz/);
  });

  it("names the channel that stands twice and its twin", () => {
    const one = (name: string) =>
      `  - { name: ${name}, wavelengthNm: 1560, direction: forward, launchDbm: 0 }`;
    expect(told(`channels:\n${one("a")}\n${one("b")}`)).toEqual([
      "3:30 channel b stands at 1560 nm forward already, as a",
    ]);
  });

  it("has no more channels than a fibre, since mixing products grow with the third power", () => {
    const many = Array.from(
      { length: 193 },
      (_, n) => `  - { name: c${n}, wavelengthNm: ${1565 + n / 10}, direction: forward, launchDbm: 0 }`,
    );
    expect(told(`channels:\n${many.slice(1).join("\n")}`)).toEqual([]);
    expect(told(`channels:\n${many.join("\n")}`)).toEqual([
      expect.stringMatching(/channels are 193, at most 192/),
    ]);
  });

  it("is told two hundred mistakes and no more", () => {
    const text = Array.from({ length: 1000 }, (_, n) => `x${n}x: 1`).join("\n");
    expect(told(text)).toHaveLength(200);
  });

  it("may say nothing at all", () => {
    expect(parseFibrePlan("# nothing yet\n\n", "plan.yaml").plan).toEqual({});
    expect(parseFibrePlan("{}", "plan.yaml").plan).toEqual({});
  });

  it("is the same file for commissioning, which ends with its first mistake", () => {
    const path = join(folder, "plan.yaml");
    writeFileSync(path, "fibre: { spans: [{ name: A, lengthKm: 10 }] }\nageing: { dbPerYear: 0.1 }\n");
    expect(readPlan(path).plan).toEqual(readFibrePlan(path).plan);
    writeFileSync(path, "demandBps: -1\nabsent: [99]\n");
    expect(() => readPlan(path)).toThrow(
      expect.objectContaining({
        code: "QKD_CONFIG_INVALID",
        message: `${path}:1:12: demandBps is -1, allowed is a number of at least 0 and at most 1000000000000, and 1 more`,
        remedy: expect.stringContaining("plan --fibre"),
      }),
    );
    expect(() => planOf(parseFibrePlan("demandBps: x", "p"))).toThrow(
      /^p:1:12: demandBps is a text, allowed/,
    );
  });

  it.each<[string, string | Uint8Array]>([
    ["is larger than a mebibyte", "#".repeat(2 ** 20 + 1)],
    ["is no text", Uint8Array.of(0xff, 0xfe, 0xfd)],
  ])("is refused where it %s", (_why, bytes) => {
    const path = join(folder, "odd.yaml");
    writeFileSync(path, bytes);
    expect(() => readFibrePlan(path)).toThrow(expect.objectContaining({ code: "QKD_CONFIG_UNREADABLE" }));
  });

  it.each(["/dev/zero", folder, join(folder, "missing.yaml")])("is refused where it is %s", (path) =>
    expect(() => readFibrePlan(path)).toThrow(expect.objectContaining({ code: "QKD_CONFIG_UNREADABLE" })),
  );
});
