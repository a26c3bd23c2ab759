import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CONTAINER_PORTS, containerCommand } from "./container-ports.ts";
import { QkdLinkContainer } from "./qkdlink-container.ts";

const DOCKERFILE = readFileSync(new URL("../../Dockerfile", import.meta.url), "utf8");

describe("QkdLinkContainer", () => {
  it("expects what the Dockerfile serves", () => {
    const command = /^CMD (\[.*?\])$/ms.exec(DOCKERFILE)?.[1]?.replaceAll("\\\n", "");
    expect(JSON.parse(command ?? "")).toEqual(containerCommand());
    const exposed = /^EXPOSE (.*)$/m.exec(DOCKERFILE)?.[1]?.split(" ").map(Number);
    expect(new Set(exposed)).toEqual(new Set(Object.values(CONTAINER_PORTS)));
    expect(DOCKERFILE).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  });

  it.each<[string, (container: QkdLinkContainer) => unknown, string]>([
    ["a preset nobody published", (c) => c.withPreset("moonbeam"), "QKD_CONFIG_INVALID"],
    ["a negative loss", (c) => c.withLossDb(-1), "QKD_PHYSICS_RANGE"],
    ["a clock that stands still", (c) => c.withClockHz(0), "QKD_PHYSICS_RANGE"],
    ["a seed that was rounded", (c) => c.withSeed(2 ** 60), "QKD_CONFIG_INVALID"],
    ["half a seed", (c) => c.withSeed(0.5), "QKD_CONFIG_INVALID"],
    ["a negative seed", (c) => c.withSeed(-1n), "QKD_CONFIG_INVALID"],
    ["a seed of 65 bits", (c) => c.withSeed(1n << 64n), "QKD_CONFIG_INVALID"],
    ["a speed of zero", (c) => c.withSpeed(0), "QKD_CONFIG_INVALID"],
    ["a speed that is no number", (c) => c.withSpeed(Number.NaN), "QKD_CONFIG_INVALID"],
    ["an unknown scenario", (c) => c.withScenario("apocalypse"), "QKD_SCENARIO_INVALID"],
    ["a scenario file that is not there", (c) => c.withScenario("./no-such.yaml"), "QKD_CONFIG_UNREADABLE"],
    ["a loss beside a scenario", (c) => c.withScenario("digger").withLossDb(3), "QKD_CONFIG_INVALID"],
    ["a scenario beside a preset", (c) => c.withPreset("t12").withScenario("digger"), "QKD_CONFIG_INVALID"],
  ])("refuses %s before anything starts", (_what, set, code) => {
    const container = new QkdLinkContainer("none");
    expect(() => set(container)).toThrow(expect.objectContaining({ name: "ConfigError", code }));
  });
});
