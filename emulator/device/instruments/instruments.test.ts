import { describe, expect, it } from "vitest";
import { INPUT_REGISTERS, type RegisterName, registerLevel } from "../../../protocol/index.ts";
import type { Role } from "../device-profile.ts";
import type { Surroundings } from "../device-world.ts";
import type { LinkReadings } from "../keys/link-readings.ts";
import { type InstrumentSettings, Instruments } from "./instruments.ts";

const AROUND: Surroundings = {
  ambientC: 22,
  laserRelative: 1,
  modulatorOffsetV: 0,
  fibreLossDb: 10,
  classicalDbm: [0, null, 0, 0],
  backgroundPerGate: 2e-6,
};
const SETTINGS: InstrumentSettings = {
  laserOn: true,
  meanPhotons: 0.4,
  attenuationDb: 0,
  detectorBiasV: 57.5,
  biasTrimV: [0, 0],
  detectorSetPointC: -30,
};
const LINK: LinkReadings = {
  countRateHz: [3e6, 3e6],
  gain: 6e-3,
  gains: [7e-3, 2e-3, 5e-5],
  doubleClicksHz: 2e4,
  arrivalOffsetPs: 0,
  gateSkewPs: 0,
  afterpulsePpm: 3e4,
  mismatchedCorrelation: 0,
  qberPpm: 25_000,
  qberZPpm: 25_000,
  qberXPpm: 25_000,
  visibility: 0.98,
  photocurrentsNa: [100, 100],
  biasSagV: 0,
};

const instruments = (role: Role, seed = 1) => new Instruments(role, seed, AROUND, -30);

describe("the instruments", () => {
  it.each<Role>(["qtx", "qrx"])("show a healthy %s inside every operating range, for hours", (role) => {
    const device = instruments(role);
    for (let hour = 0; hour < 200; hour++) {
      device.advance(60, SETTINGS, AROUND);
      const values = device.read(SETTINGS, AROUND, LINK);
      for (const [name, value] of Object.entries(values) as [RegisterName, number | null][])
        if (value !== null) expect([name, registerLevel(INPUT_REGISTERS[name], value)]).toEqual([name, "ok"]);
    }
  });

  it("give the same readings for the same seed and others for another", () => {
    const read = (seed: number) => instruments("qtx", seed).read(SETTINGS, AROUND, LINK);
    expect(read(4)).toEqual(read(4));
    expect(read(4)).not.toEqual(read(5));
  });

  it("show a dark laser by its power and its current", () => {
    const values = instruments("qtx").read({ ...SETTINGS, laserOn: false }, AROUND, LINK);
    expect(values.laserBiasMa).toBe(0);
    expect(values.laserPowerDbm).toBeLessThan(-25);
  });

  it("drive an aged laser harder for less light", () => {
    const values = instruments("qtx").read(SETTINGS, { ...AROUND, laserRelative: 0.5 }, LINK);
    expect(values.laserBiasMa).toBeGreaterThan(60);
    expect(values.laserPowerDbm).toBeCloseTo(-3, 0);
  });

  it("warm up with the room, slowly, and cool the detectors no further than they reach", () => {
    const device = instruments("qrx");
    const hot = { ...AROUND, ambientC: 45 };
    device.advance(1, SETTINGS, hot);
    expect(device.housingC).toBeLessThan(31);
    device.advance(3600, SETTINGS, hot);
    expect(device.housingC).toBeCloseTo(53, 1);
    expect(device.detectorC).toBeCloseTo(-17, 1);
  });

  it("see classical light fall with the fibre's loss down to the photodiode's floor", () => {
    const device = instruments("qrx");
    expect(device.read(SETTINGS, AROUND, LINK).classical1PowerDbm).toBeCloseTo(-10, 0);
    expect(device.read(SETTINGS, AROUND, LINK).classical2PowerDbm).toBeNull();
    const cut = device.read(SETTINGS, { ...AROUND, fibreLossDb: Number.POSITIVE_INFINITY }, LINK);
    expect(cut.classical1PowerDbm).toBeCloseTo(-50, 0);
  });

  it("have no reading of a link that nobody measured", () => {
    const values = instruments("qrx").read(SETTINGS, AROUND, null);
    expect([values.gain, values.qberZPpm, values.detector0CountRateHz]).toEqual([null, null, null]);
  });
});
