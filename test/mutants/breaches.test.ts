import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Breach, roomOf } from "./breach.ts";
import { BREACHES } from "./breaches.ts";
import { plant } from "./plant.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, ROOT), "utf8");

describe("the planted breaches", () => {
  it("can each be planted into the sources as they are", () => {
    const faults = BREACHES.flatMap((breach) => {
      const planted = plant(read(breach.file), breach);
      return "fault" in planted ? [`${breach.id}: ${planted.fault}`] : [];
    });
    expect(faults).toEqual([]);
  });

  it("name tests that exist, and have a name and a meaning of their own", () => {
    const named = BREACHES.flatMap(({ tests }) => tests);
    expect(named.filter((test) => !existsSync(new URL(test, ROOT)))).toEqual([]);
    expect(BREACHES.filter(({ tests, meaning }) => tests.length === 0 || meaning === "")).toEqual([]);
    const ids = BREACHES.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it("are over two hundred, in every room", () => {
    expect(BREACHES.length).toBeGreaterThanOrEqual(200);
    expect([...new Set(BREACHES.map(roomOf))].sort()).toEqual([
      "agreement",
      "alarms",
      "bus",
      "capture",
      "check",
      "client",
      "commissioning",
      "configuration",
      "dashboard",
      "delivery",
      "device",
      "diagnosis",
      "distillation",
      "doctor",
      "drivers",
      "emulator",
      "explaining",
      "fallback",
      "health",
      "honesty",
      "hybrid",
      "listener",
      "network",
      "node",
      "options",
      "peer",
      "physics",
      "planning",
      "pool",
      "protocol",
      "recovery",
      "relay",
      "report",
      "routing",
      "streams",
      "trust",
    ]);
  });
});

describe("planting", () => {
  const breach: Breach = {
    id: "room/name",
    file: "f.ts",
    find: "b > 1",
    replace: "true",
    meaning: "m",
    tests: [],
  };

  it("changes the one place and nothing else", () => {
    expect(plant("if (b > 1) c();", breach)).toEqual({ source: "if (true) c();" });
  });

  it.each([
    ["is not found", "if (b > 2) c();", breach],
    ["more than once", "if (b > 1) c(b > 1);", breach],
    ["is not found", "if (b > 1) c();", { ...breach, find: "" }],
    ["changes nothing", "if (b > 1) c();", { ...breach, replace: "b > 1" }],
    ["is no TypeScript", "if (b > 1) c();", { ...breach, replace: "(" }],
  ])("refuses a text that %s: %s", (fault, source, refused) => {
    expect(plant(source, refused)).toEqual({ fault: expect.stringContaining(fault) });
  });
});
