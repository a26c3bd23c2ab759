import { describe, expect, it } from "vitest";
import { compileScenarioText, loadScenario } from "./load-scenario.ts";
import type { Scenario } from "./scenario.ts";

/** Line 12 is the first of the timeline, line 13 what a case adds. */
const BASE = `name: base
title: A base
description: For tests of what is refused
preset: yuan2018
duration: 1 min
fibre:
  lengthKm: 20
  kind: buried
  connectors:
    - { name: panel, lossDb: 0.3 }
timeline:
  - { at: 10 s, event: cut, for: 10 s }
`;

const refusal = (text: string): unknown => {
  try {
    compileScenarioText(text, "base.yaml");
  } catch (error) {
    return error;
  }
  throw new Error("it was not refused");
};

const refused = (text: string, where: string, allowed?: string) =>
  expect(refusal(text)).toMatchObject({
    name: "ConfigError",
    code: "QKD_SCENARIO_INVALID",
    message: expect.stringContaining(where),
    ...(allowed === undefined ? {} : { context: { allowed: expect.stringContaining(allowed) } }),
  });

const withEvent = (event: string): string => `${BASE}  - { ${event} }\n`;

describe("a scenario's form", () => {
  it("is accepted as it stands", () => {
    expect(compileScenarioText(BASE, "base.yaml").levelSteps.map(({ atS }) => atS)).toEqual([10, 20]);
  });

  it.each([
    ["preset: yuan2018", "preset: yuan", "base.yaml:4: preset is yuan", "one of t12, yuan2018"],
    ["lengthKm: 20", "lengthKm: -20", "base.yaml:7: fibre.lengthKm is -20", "at least 0 and at most 1000"],
    ["lengthKm: 20", "length: 20", "base.yaml:7: fibre.length is no known field", "lengthKm"],
    ["duration: 1 min", "duration: 1 year", "base.yaml:5: duration is 1 year", "10 s"],
    ["duration: 1 min", "duration: 60", "base.yaml:5: duration is 60", "10 s"],
    ["duration: 1 min", "duration: 0 s", "base.yaml:5: duration is 0", "at least 0.1"],
    ["name: base", "name: ../../etc", "base.yaml:1: name is ../../etc", "letters"],
    ["lossDb: 0.3", "lossDb: .nan", "base.yaml:10: fibre.connectors[0].lossDb", undefined],
    ["event: cut", "event: explosion", "base.yaml:12: timeline[0].event is explosion", "one of cut, repair"],
    ["event: cut, ", "", "base.yaml:12: timeline[0].event is missing", "one of cut, repair"],
    ["at: 10 s, ", "", "base.yaml:12: timeline[0].at is missing", undefined],
    ["title: A base\n", "", "base.yaml:1: title is missing", undefined],
  ])("refuses %j as %j", (was, is, where, allowed) => {
    refused(BASE.replace(was, is), where, allowed);
  });

  it.each([
    ["", /holds no mapping/],
    ["- 1\n- 2\n", /holds no mapping/],
    ["name: [", /base\.yaml:1/],
    ["name: a\nname: b\n", /base\.yaml:2: Map keys must be unique/],
    ["x".repeat(2_000_000), /longer than a scenario may be/],
    [
      `a: &a [1,2]\n${Array.from({ length: 9 }, (_, i) => `b${i}: &b${i} [${`*${i === 0 ? "a" : `b${i - 1}`},`.repeat(9)}]`).join("\n")}\n`,
      /too often/,
    ],
  ])("says of %.20j that it is no scenario", (text, message) => {
    expect(refusal(text)).toMatchObject({
      code: "QKD_CONFIG_UNREADABLE",
      message: expect.stringMatching(message),
    });
  });

  it("takes JSON, as YAML contains it", () => {
    const { name } = compileScenarioText(
      JSON.stringify({
        name: "j",
        title: "t",
        description: "d",
        preset: "t12",
        duration: "1 s",
        fibre: { lengthKm: 1, kind: "aerial" },
        timeline: [],
      }),
      "j.json",
    );
    expect(name).toBe("j");
  });
});

describe("a scenario's physics", () => {
  it.each([
    [
      "protocol: { intensities: [0.1, 0.4, 0.001] }",
      "base.yaml:13: protocol.intensities[1] is 0.4",
      "below the signal intensity 0.1",
    ],
    [
      "protocol: { intensities: [0.4, 0.1, 0.1] }",
      "protocol.intensities[2] is 0.1",
      "below the decoy intensity",
    ],
    [
      "protocol: { intensityProbabilities: [0.5, 0.4, 0.2] }",
      "base.yaml:13: protocol.intensityProbabilities",
      "a sum of 1",
    ],
    ["protocol: { aliceZProbability: 1 }", "base.yaml:13: protocol.aliceZProbability is 1", "below 1"],
    ["initial: { visibility: { z: -0.1, x: 1 } }", "initial.visibility.z is -0.1", "at least 0"],
    [
      "devices: { bob: { detectors: { darkCountsPerGate: [1, 0] } } }",
      "darkCountsPerGate[0] is 1",
      "below 1",
    ],
    ["devices: { bob: { detectors: { efficiency: [0.2] } } }", "devices.bob.detectors.efficiency", undefined],
  ])("refuses %s", (line, where, allowed) => {
    refused(`${BASE}${line}\n`, where, allowed);
  });

  const channel = (fields: string): string =>
    `${BASE}dwdm:\n  channels:\n    - { name: one, direction: forward, lit: true, ${fields} }\n`;

  it.each([
    [
      "wavelengthNm: 1540.0, launchDbm: 0",
      "base.yaml:15: dwdm.channels[0].wavelengthNm is 1540",
      "nearest 194.6750 THz",
    ],
    ["frequencyThz: 193.13, launchDbm: 0", "dwdm.channels[0].frequencyThz is 193.13", "12.5 GHz grid"],
    ["itu: 90, launchDbm: 0", "dwdm.channels[0].itu is 90", "at most 72"],
    ["launchDbm: 0", "dwdm.channels[0] has no place", "exactly one of itu, wavelengthNm, frequencyThz"],
    ["itu: 30, frequencyThz: 193, launchDbm: 0", "has itu and frequencyThz", "exactly one"],
    ["itu: 30", "has no power", "exactly one of launchDbm, receiveDbm"],
    ["itu: 30, launchDbm: 0, receiveDbm: -9", "has launchDbm and receiveDbm", "exactly one"],
    ["itu: 30, launchDbm: 30", "launchDbm is 30", "at most 10"],
    ["itu: 30, receiveDbm: 9", "needs a launch power of 13", "at most 10"],
  ])("refuses the channel %s", (fields, where, allowed) => {
    refused(channel(fields), where, allowed);
  });

  it("refuses a channel on the quantum channel itself and two in one place", () => {
    const quantum = channel("frequencyThz: 193.4, launchDbm: 0").replace(
      "dwdm:",
      "dwdm:\n  quantumWavelengthNm: 1550.116",
    );
    const filter = "outside the quantum channel's filter at 1550.116 nm";
    refused(quantum, "base.yaml:16: dwdm.channels[0].frequencyThz is 193.4", filter);
    refused(quantum.replace("lit: true", "lit: false"), "dwdm.channels[0].frequencyThz is 193.4", filter);
    refused(channel("itu: 34, launchDbm: 0"), "base.yaml:15: dwdm.channels[0].itu is 34", filter);
    const wide = channel("itu: 35, launchDbm: 0");
    refused(wide.replace("dwdm:", "dwdm:\n  filterBandwidthNm: 2"), "dwdm.channels[0].itu is 35", filter);
    const twins = `${channel("itu: 30, launchDbm: 0")}    - { name: two, direction: forward, lit: false, frequencyThz: 193.0, launchDbm: 1 }\n`;
    refused(twins, "base.yaml:16: dwdm.channels[1] lies where the channel one lies");
    refused(twins.replace("two", "one"), "dwdm.channels[1].name is one for the second time");
  });
});

describe("a scenario's timeline", () => {
  it.each([
    ["at: 61 s, event: repair", "base.yaml:13: timeline[1].at reaches to 61 s", "at most 1 min"],
    [
      "at: 55 s, event: bend, lossDb: 1, for: 10 s",
      "base.yaml:13: timeline[1].for reaches to 65 s",
      "at most 1 min",
    ],
    ["at: 55 s, event: age, relativePower: 0.5, over: 10 s", "timeline[1].over reaches to 65 s", undefined],
    ["at: 30 s, event: repair", "timeline[1] (repair) at 30 s, when the fibre is not cut", undefined],
    ["at: 15 s, event: cut", "timeline[1] (cut) at 15 s, when the fibre is cut already", undefined],
    ["at: 15 s, event: repair", "(cut) ends at 20 s, when the fibre is not cut", undefined],
    ["at: 30 s, event: sway, amplitudeDb: 1, period: 1 s, for: 5 s", "sway on a buried fibre", "aerial"],
    ["at: 30 s, event: dirt, connector: plug, lossDb: 1", "timeline[1].connector is plug", "one of panel"],
    ["at: 30 s, event: light, channel: data", "timeline[1].channel is data", "there is none"],
    ["at: 30 s, event: timeShift, ps: 50", "timeShift, which does nothing", "detectorSkewPs"],
    ["at: 30 s, event: bend, lossDb: 1, for: 0 s", "timeline[1].for is 0 s", "more than no time"],
    ["at: 30 s, event: bend, lossDb: 1, over: 5 s, for: 2 s", "timeline[1].over is longer", undefined],
    [
      "at: 30 s, event: bend, lossDb: 1, for: 5 s, every: 2 s, times: 3",
      "timeline[1].every begins",
      "at most `every`",
    ],
    ["at: 30 s, event: bend, lossDb: 1, for: 1 s, every: 2 s", "timeline[1].times is missing", undefined],
    ["at: 30 s, event: ambient, site: carol, celsius: 3", "timeline[1].site is carol", "one of alice, bob"],
    [
      "at: 30 s, event: stall, site: bob, port: usb, for: 1 s",
      "timeline[1].port is usb",
      "tcp, serial, modbus",
    ],
    ["at: 30 s, event: hangUp, site: bob, port: serial", "timeline[1].port is serial", "tcp, modbus"],
    ["at: 30 s, event: delay, site: bob, port: tcp, delay: 2 h", "timeline[1].delay is 7200", "at most 60"],
    [
      "at: 30 s, event: modbusException, site: bob, port: modbus, exception: tired, probability: 1",
      "exception is tired",
      "deviceBusy",
    ],
  ])("refuses %s", (event, where, allowed) => {
    refused(withEvent(event), where, allowed);
  });

  it("refuses two events that hold the same thing, and names both lines", () => {
    const eve = "at: 30 s, event: interceptResend, fraction: 0.5, basisBias: 0.5, for: 10 s";
    const blind = "at: 35 s, event: blinding, lightMw: 1, fakedPerGate: 0.01, basisBias: 0.5, for: 10 s";
    refused(
      `${withEvent(eve)}  - { ${blind} }\n`,
      "base.yaml:14: timeline[2] (blinding) begins at 35 s, while interceptResend of line 13",
    );
    const after = blind.replace("35 s", "40 s");
    expect(() => compileScenarioText(`${withEvent(eve)}  - { ${after} }\n`, "base.yaml")).not.toThrow();
  });

  it("refuses a timeline of more steps than the light can bear", () => {
    const windy = BASE.replace("buried", "aerial")
      .replace("1 min", "12 h")
      .replace(
        "{ at: 10 s, event: cut, for: 10 s }",
        "{ at: 0 s, event: sway, amplitudeDb: 1, period: 1 s, for: 12 h }",
      );
    refused(windy, "steps", "at most 100000");
  });
});

describe("a scenario that is handed over", () => {
  const object: Scenario = {
    name: "object",
    title: "An object",
    description: "no file",
    preset: "t12",
    duration: "10 s",
    fibre: { lengthKm: 5, kind: "buried" },
    timeline: [],
  };

  it("is checked as a file is, without lines", () => {
    expect(loadScenario(object)).toMatchObject({ name: "object", seed: 1n, durationS: 10 });
    expect(() => loadScenario({ ...object, duration: "11 h 5" })).toThrow(
      /^scenario: duration is 11 h 5, allowed is a number with a unit/,
    );
    expect(() => loadScenario({ ...object, timeline: [{ at: "1 s", event: "repair" }] })).toThrow(
      /timeline\[0\] \(repair\)/,
    );
    expect(() => loadScenario(null as unknown as Scenario)).toThrow(
      expect.objectContaining({ code: "QKD_SCENARIO_INVALID" }),
    );
  });

  it("may have another clock, and its events then other gates", () => {
    expect(loadScenario(object, { clockHz: 5e6 }).link.clockHz).toBe(5e6);
    expect(() => loadScenario(object, { clockHz: 0 })).toThrow(/clockHz is 0/);
  });

  it("has to be there", () => {
    expect(() => loadScenario("atlantis")).toThrow(
      expect.objectContaining({
        code: "QKD_SCENARIO_INVALID",
        remedy: expect.stringContaining("quiet-metro"),
      }),
    );
    expect(() => loadScenario("./atlantis.yaml")).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_UNREADABLE" }),
    );
    expect(() => loadScenario("/etc/")).toThrow(expect.objectContaining({ code: "QKD_CONFIG_UNREADABLE" }));
  });
});
