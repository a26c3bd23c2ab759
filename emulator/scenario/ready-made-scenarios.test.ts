import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TIMELINE_HAPPENINGS } from "../happenings/timeline-happenings.ts";
import { listScenarios, loadScenario } from "./load-scenario.ts";
import { SCENARIO_SCHEMA } from "./scenario-schema.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const page = read("../scenarios/README.md");

describe("the ready-made scenarios", () => {
  it("are a dozen", () => {
    expect(listScenarios().map(({ name }) => name)).toEqual([
      "blinded",
      "digger",
      "dirty-connector",
      "eve-biased-basis",
      "eve-pns",
      "flapping-serial",
      "noisy-neighbour",
      "quiet-metro",
      "slow-loris",
      "tokyo-summer-day",
      "warm-cabinet",
      "windy-aerial-span",
    ]);
  });

  it.each(listScenarios())(
    "$name compiles under its own name and has its section on the page",
    ({ name, title }) => {
      expect(loadScenario(name)).toMatchObject({ name, title });
      expect(page).toContain(`\n### ${name}\n`);
    },
  );

  it("have a page that names every event and every field", () => {
    const properties = Object.keys(SCENARIO_SCHEMA.properties as object);
    const events = Object.keys(TIMELINE_HAPPENINGS);
    for (const name of [...properties, ...events]) expect(page).toContain(`\`${name}\``);
  });
});

describe("the shipped schema", () => {
  it("is the one that scenarios are held against", () => {
    expect(JSON.parse(read("./scenario.schema.json"))).toEqual(JSON.parse(JSON.stringify(SCENARIO_SCHEMA)));
  });
});
