import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { linkPreset } from "../../physics/index.ts";
import { applyControl } from "../optics/apply-control.ts";
import { nominalConditions } from "../optics/conditions.ts";
import { checkHappening } from "./check-happening.ts";
import type { AnyDeclaration } from "./declaration.ts";
import { happeningTable } from "./happening-table.ts";
import { HAPPENINGS } from "./happenings.ts";
import { courseSteps } from "./link-state/course.ts";
import { isSiteLevel, type Level } from "./link-state/level.ts";
import { levelsOf } from "./link-state/levels-of.ts";
import { type LinkPlan, undisturbed } from "./link-state/link-state.ts";

const ALL: readonly AnyDeclaration[] = Object.values(HAPPENINGS);
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const { link } = linkPreset("yuan2018");
const plan: LinkPlan = {
  connectors: [{ name: "one", lossDb: 0.5 }],
  channels: [{ name: "one", frequencyThz: 194.4, direction: "forward", launchDbm: -3, lit: true }],
  multiplex: { quantumWavelengthNm: 1550, fibreKm: 20 },
  aerial: true,
  gatesApart: true,
};

/** An example of a happening with all its members, as its declaration tells. */
function sampleOf({ event, fields, lasts }: AnyDeclaration): Record<string, unknown> {
  const own = Object.fromEntries(Object.entries(fields).map(([name, { sample }]) => [name, sample]));
  return { event, ...own, ...(lasts === undefined ? {} : { for: "10 s" }) };
}

const refusalOf = (value: unknown): unknown => {
  try {
    checkHappening(value);
  } catch (error) {
    return error;
  }
  return "taken";
};

describe.each(ALL.map((one) => [one.event, one] as const))("the happening %s", (event, declaration) => {
  const sample = sampleOf(declaration);

  it("stands under its own name and does one thing", () => {
    expect(HAPPENINGS[event as keyof typeof HAPPENINGS]).toBe(declaration);
    const { course, level, wire, acts } = declaration;
    expect([course, level, wire, acts].filter((one) => one !== undefined)).toHaveLength(1);
    // The end of a wire's event finds its damage by that name.
    if (wire !== undefined) expect(declaration.wire?.(sample).type).toBe(event);
  });

  it("is taken with every member, and without those that may be left out", () => {
    expect(checkHappening(sample)).toBe(sample);
    const needed = { ...sample };
    for (const [name, { optional }] of Object.entries(declaration.fields)) if (optional) delete needed[name];
    if (declaration.lasts === "maybe") delete needed.for;
    expect(checkHappening(needed)).toBe(needed);
  });

  it("is refused without a member, with one that nobody knows, with one of another type or beyond its range", () => {
    for (const [name, { optional, schema }] of Object.entries(declaration.fields)) {
      const { [name]: _gone, ...rest } = sample;
      if (!optional)
        expect(refusalOf(rest)).toMatchObject({ code: "QKD_CONFIG_INVALID", message: `${name} is missing` });
      for (const wrong of [[], {}, "\u0000", Number.NaN, 1e300])
        expect(refusalOf({ ...sample, [name]: wrong }), name).toMatchObject({ name: "ConfigError" });
      const most = schema.maximum ?? schema.exclusiveMaximum;
      if (typeof most !== "number") continue;
      const message = expect.stringMatching(new RegExp(`^${name} is .*, allowed is .*${most}$`));
      expect(refusalOf({ ...sample, [name]: most + 1 })).toMatchObject({
        code: "QKD_PHYSICS_RANGE",
        message,
      });
    }
    expect(refusalOf({ ...sample, bananas: 1 })).toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: expect.stringMatching(/^bananas is no known field, allowed is one of event/),
    });
    if (declaration.lasts === undefined)
      expect(refusalOf({ ...sample, for: "10 s" })).toMatchObject({ code: "QKD_CONFIG_INVALID" });
  });

  it("is something that the optics obey, from the lowest to the highest value of every member", () => {
    const ends = Object.entries(declaration.fields).flatMap(([name, { schema }]) =>
      [schema.minimum, schema.maximum].flatMap((value) => (value === undefined ? [] : [{ [name]: value }])),
    );
    for (const change of [{}, ...ends])
      for (const level of levelsBrought(declaration, { ...sample, ...change }))
        if (!isSiteLevel(level)) expect(() => applyControl(nominalConditions(link), level)).not.toThrow();
  });
});

/** Every level that a happening brings while it lasts. */
function levelsBrought(declaration: AnyDeclaration, event: object): Level[] {
  const level = declaration.level?.(event);
  if (level !== undefined) return [level];
  const course = declaration.course?.(event, plan, "test");
  if (course === undefined) return [];
  const span = { fromS: 0, toS: 10, overS: 0 };
  let state = undisturbed(link);
  return courseSteps(course, span, declaration.ends?.(event, "test")).flatMap(({ change }) => {
    state = change(state);
    return [...levelsOf(state, plan).values()];
  });
}

describe("what the declarations leave behind when they are over", () => {
  const lasting = ALL.filter(({ ends, event }) => ends !== undefined && event !== "light");
  it.each(lasting.map((one) => [one.event, one] as const))("%s leaves nothing", (_event, declaration) => {
    const event = sampleOf(declaration);
    const before = levelsOf(undisturbed(link), plan);
    let state = undisturbed(link);
    const course = declaration.course?.(event, plan, `${declaration.event} 1.0`);
    if (course === undefined) throw new Error("it has no course");
    for (const { change } of courseSteps(course, { fromS: 0, toS: 99, overS: 0 }, undefined))
      state = change(state);
    expect(levelsOf(state, plan)).not.toEqual(before);
    const end = declaration.ends?.(event, undefined);
    expect(levelsOf(end?.(state) ?? state, plan)).toEqual(before);
  });
});

describe("names", () => {
  it.each([
    ["fibreCut", "cut or repair"],
    ["laser", "laserFailure"],
    ["laserPower", "age"],
    ["wire", "bitFlips or truncation or duplicates or delay or stall or trickle or halfOpen"],
    ["interceptResend", "interceptResend"],
  ])("answer the former type %s with the event %s", (type, now) => {
    expect(refusalOf({ type, cut: true })).toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: expect.stringContaining(`${type} is ${now}`),
      remedy: expect.stringContaining(`{"event": "${now}`),
    });
  });

  it("answer a former name that stands as the event, too", () => {
    expect(refusalOf({ event: "fibreCut" })).toMatchObject({
      message: expect.stringMatching(
        /^event is fibreCut, which is called cut or repair now, allowed is one of cut/,
      ),
    });
  });

  it.each([
    ["interceptresend", "interceptResend"],
    ["bitFlip", "bitFlips"],
    ["repiar", "repair"],
  ])("suggest for %s the nearest, %s", (event, nearest) => {
    expect(refusalOf({ event })).toMatchObject({
      message: expect.stringContaining(`event is ${event} (did you mean ${nearest}?)`),
    });
  });

  it("suggest nothing for other words, and members as well", () => {
    expect(refusalOf({ event: "meteor" })).toMatchObject({
      message: expect.not.stringContaining("did you mean"),
    });
    expect(refusalOf({ event: "bend", lossDB: 3 })).toMatchObject({
      message: expect.stringContaining("lossDB is no known field (did you mean lossDb?)"),
    });
  });
});

describe("hostile input", () => {
  const hostile: readonly unknown[] = [
    null,
    undefined,
    17,
    "cut",
    [],
    [{ event: "cut" }],
    {},
    { event: null },
    { event: 3 },
    { event: {} },
    { event: ["cut"] },
    { event: "" },
    { event: "__proto__" },
    { event: "constructor" },
    { event: "toString" },
    { event: "x".repeat(60_000) },
    { event: "cut\nsecond line\u001b[31m" },
    JSON.parse('{"event":"cut","__proto__":{"for":"1 s"}}'),
    JSON.parse('{"__proto__":{"event":"cut"}}'),
    { event: "cut", constructor: 1 },
    { event: "bend", lossDb: "3" },
    { event: "bend", lossDb: Number.POSITIVE_INFINITY },
    { event: "cut", for: 10 },
    { event: "cut", for: "0 s" },
    { event: "cut", for: "32 h 5 min" },
    { event: "cut", for: `${"9".repeat(400)} h` },
    { event: "ambient", site: "bob", celsius: 20, over: "745 h" },
    { event: "bend", lossDb: 1, over: "20 s", for: "10 s" },
    { event: "sway", amplitudeDb: 1, period: "1 ms", for: "1 s" },
    { event: "delay", site: "bob", port: "tcp", delay: "61 s" },
    { event: "multiplex", plan: { channels: Array(97).fill(0), quantumWavelengthNm: 1550, fibreKm: 1 } },
    { event: "cut", at: "10 s" },
    { type: "x".repeat(1000) },
    { type: "__proto__" },
  ];

  it.each(hostile.map((value, index) => [index, value] as const))(
    "%i: %.60j is one typed sentence",
    (_n, value) => {
      const error = refusalOf(value);
      expect(error).toMatchObject({
        name: "ConfigError",
        code: expect.stringMatching(/^QKD_(CONFIG_INVALID|PHYSICS_RANGE)$/),
      });
      const { message } = error as Error;
      expect(message).not.toMatch(/\p{Cc}/u);
      expect(message.length).toBeLessThan(1000);
    },
  );
});

describe("the documents", () => {
  it.each([
    ["emulator/scenarios/README.md", "timeline"],
    ["docs/EMULATOR-IN-THE-LOOP.md", "running link"],
  ] as const)(
    "%s has the table of the declarations (npm run -s build && node scripts/happening-tables.mjs writes it)",
    (path, which) => {
      const [, rest = ""] = read(path).split(`<!-- happenings: ${which} -->\n`);
      expect(rest.split("\n<!-- /happenings -->")[0]).toBe(happeningTable(which));
    },
  );

  it("tells of every attack what betrays it, and of no other", () => {
    const rows = read("docs/ATTACKS.md").matchAll(/^\| [^|(]+ \(`(\w+)`[^)]*\) \|/gm);
    const attacks = ALL.filter(({ attack }) => attack === true).map(({ event }) => event);
    expect([...rows].map(([, name]) => name).sort()).toEqual([...attacks].sort());
  });
});
