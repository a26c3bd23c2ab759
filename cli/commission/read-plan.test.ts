import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPlan } from "./read-plan.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-plan-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const plan = (text: string) => {
  const path = join(folder, "plan.yaml");
  writeFileSync(path, text);
  return () => readPlan(path);
};

describe("a plan file", () => {
  it("is read with its text, which the report keeps", () => {
    const text = "name: metro-07\nfibre:\n  spans: [{ name: S, lengthKm: 22 }]\n";
    expect(plan(text)()).toEqual({
      text,
      plan: { name: "metro-07", fibre: { spans: [{ name: "S", lengthKm: 22 }] } },
    });
    expect(plan("")().plan).toEqual({});
  });

  it.each([
    ["an unknown field", "fiber: {}", /did you mean fibre/],
    ["a wrong kind", "fibre: { spans: [{ name: S, lengthKm: far }] }", /fibre\.spans\[0\]\.lengthKm/],
    ["a value out of its range", "demandBps: -1", /demandBps is -1/],
    ["a preset that nobody published", "preset: yuan2081", /preset/],
    ["a day that is none", 'instruments: [{ kind: OTDR, serial: "1", dueOn: "29.11.2026" }]', /dueOn/],
    ["a list", "[]", /fibre plan/],
    ["a text", "hello", /fibre plan/],
    ["broken YAML", "name: [", /plan\.yaml/],
    ["an anchor that would grow", "a: &a [x]\nname: *a", /plan\.yaml/],
  ])("with %s is refused by its file and field", (_, text, message) => {
    expect(plan(text)).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_INVALID", message: expect.stringMatching(message) }),
    );
  });

  it("that is not there, or larger than any plan, is refused", () => {
    expect(() => readPlan(join(folder, "none"))).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_UNREADABLE" }),
    );
    expect(plan(`name: ${"x".repeat(2 ** 20)}`)).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_UNREADABLE" }),
    );
  });
});
