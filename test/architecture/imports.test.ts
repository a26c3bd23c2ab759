import { describe, expect, it } from "vitest";
import { importGraph } from "./import-graph.ts";

const ALLOWED: Record<string, readonly string[]> = {
  errors: [],
  protocol: ["errors"],
  physics: ["errors"],
  kernels: ["errors"],
  drivers: ["errors", "protocol"],
  emulator: ["errors", "protocol", "physics", "kernels"],
  controller: ["errors", "protocol", "physics", "kernels", "drivers"],
};

/** Each foreign dependency has few doors; a package not listed here may be used nowhere. */
const DOORS: Record<string, { readonly rooms: RegExp; readonly files: number }> = {
  serialport: { rooms: /^drivers\/transport\//, files: 2 },
  "modbus-serial": { rooms: /^(drivers|emulator)\//, files: 2 },
  "binary-parser": { rooms: /^protocol\/(codec|framing)\//, files: 2 },
  "node:sqlite": { rooms: /^controller\/pool\//, files: 1 },
  rxjs: { rooms: /^(drivers|controller|cli|emulator)\//, files: 99 },
  koffi: { rooms: /^emulator\/ports\//, files: 1 },
  fastify: { rooms: /^controller\/delivery\//, files: 2 },
  yaml: { rooms: /^(cli|emulator)\//, files: 2 },
  ajv: { rooms: /^(cli|emulator)\//, files: 2 },
  commander: { rooms: /^cli\//, files: 99 },
  testcontainers: { rooms: /^emulator\/container\//, files: 4 },
  "@peculiar/x509": { rooms: /^cli\//, files: 1 },
  "reflect-metadata": { rooms: /^cli\//, files: 1 },
};

const graph = importGraph();
const room = (file: string) => file.split("/")[0] ?? "";
const rooms = Object.keys(ALLOWED);

describe("the house", () => {
  it("lets rooms import only the rooms below them, through their index", () => {
    const wrong: string[] = [];
    for (const { from, to } of graph.internal) {
      if (room(from) === room(to) || !rooms.includes(room(from))) continue;
      if (!ALLOWED[room(from)]?.includes(room(to))) wrong.push(`${from} imports ${to}`);
      else if (!/^[^/]+\/index\.ts$/.test(to)) wrong.push(`${from} enters ${to} beside its index`);
    }
    expect(wrong).toEqual([]);
  });

  it("lets nothing but cli import the emulator", () => {
    const wrong = graph.internal.filter(
      ({ from, to }) => room(to) === "emulator" && !["emulator", "cli", "test", "bench"].includes(room(from)),
    );
    expect(wrong).toEqual([]);
  });

  it("has no import cycles, of values or types", () => {
    expect(graph.cycles()).toEqual([]);
  });

  it("opens one door for each dependency", () => {
    const wrong: string[] = [];
    const users = new Map<string, string[]>();
    for (const { from, to } of graph.foreign) {
      if (/^(test|bench|scripts)\//.test(from) || /\.test\.ts$/.test(from)) continue;
      if (to.startsWith("node:") && to !== "node:sqlite") continue;
      users.set(to, [...(users.get(to) ?? []), from]);
    }
    for (const [name, files] of users) {
      const door = DOORS[name];
      if (door === undefined) wrong.push(`${name} has no door: ${files.join(", ")}`);
      else if (files.length > door.files || files.some((file) => !door.rooms.test(file)))
        wrong.push(`${name} is used in ${files.join(", ")}`);
    }
    expect(wrong).toEqual([]);
  });

  it("keeps files short and named after one idea", () => {
    const long = graph.files.filter((file) => file.lines > 400).map((file) => `${file.path}: ${file.lines}`);
    const vague = graph.files.filter((file) =>
      /(^|\/)(utils?|helpers?|common|manager|misc)(\.|\/|$)/.test(file.path),
    );
    expect(long).toEqual([]);
    expect(vague.map((file) => file.path)).toEqual([]);
  });

  it("keeps protocol, physics and kernels free of input, output, clocks and randomness", () => {
    const wrong = graph.foreign.filter(
      ({ from, to }) =>
        /^(protocol|physics)\//.test(from) && !/\.test\.ts$/.test(from) && to !== "binary-parser",
    );
    expect(wrong).toEqual([]);
  });
});
