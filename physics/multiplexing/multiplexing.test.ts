import { describe, expect, it } from "vitest";
import { nanometresOfTerahertz, photonEnergyJ, terahertzOfNanometres } from "../constants.ts";
import {
  backwardRamanLengthKm,
  type ClassicalChannel,
  DEFAULT_NOISE_RECEIVER,
  fibreAttenuationDbPerKm,
  fibreDispersion,
  flexibleSlotWidthGhz,
  forwardRamanLengthKm,
  fourWaveMixingWatts,
  gateCapture,
  gridFrequencyThz,
  gridSlot,
  multiplexingNoise,
  type NoiseReceiver,
  nepersPerKm,
  pulseBroadeningPs,
  ramanCoefficientPerKmNm,
  ramanCoefficientTheory,
} from "./index.ts";

const relative = (value: number, reference: number) => Math.abs(value / reference - 1);

describe("grid and fibre", () => {
  it("follows G.694.1", () => {
    expect(nanometresOfTerahertz(gridFrequencyThz(6, 100))).toBeCloseTo(1547.715, 3);
    expect(gridSlot(193.1625, 12.5)).toBe(5);
    expect(gridSlot(191.5, 50)).toBe(-32);
    expect(flexibleSlotWidthGhz(3)).toBe(37.5);
    expect(() => gridSlot(193.13, 50)).toThrow(/nearest 193\.15000/);
    expect(() => flexibleSlotWidthGhz(0)).toThrow(expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }));
  });

  it.each([
    [1270, -3.9],
    [1310, 0],
    [1490, 13.8],
    [1550, 17.5],
    [1625, 21.6],
  ])("disperses at %s nm like G.652", (wavelengthNm, dispersion) => {
    expect(fibreDispersion(wavelengthNm)).toBeCloseTo(dispersion, 1);
  });

  it("attenuates within the limits of G.652.D", () => {
    for (let nm = 1310; nm <= 1625; nm += 5) expect(fibreAttenuationDbPerKm(nm)).toBeLessThanOrEqual(0.4);
    for (let nm = 1530; nm <= 1565; nm += 5) expect(fibreAttenuationDbPerKm(nm)).toBeLessThanOrEqual(0.3);
    expect(fibreAttenuationDbPerKm(1310)).toBe(0.33);
    expect(() => fibreAttenuationDbPerKm(850)).toThrow(
      expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }),
    );
  });

  it("broadens pulses against the gate", () => {
    expect(relative(pulseBroadeningPs(1550, 50, 0.1), 85)).toBeLessThan(0.05);
    expect(gateCapture(0, 0, 150)).toBe(1);
    expect(gateCapture(100, 0, 100)).toBeCloseTo(0.760_968, 6);
    expect(gateCapture(50, 85, 150)).toBeLessThan(gateCapture(50, 0, 150));
  });
});

describe("Raman scattering", () => {
  it("has the photon energies of the two bands", () => {
    expect(photonEnergyJ(1550)).toBeCloseTo(1.2816e-19, 22);
    expect(photonEnergyJ(1310)).toBeCloseTo(1.5164e-19, 22);
  });

  it("returns the measured table at 1550 nm and bridges the pump", () => {
    expect(ramanCoefficientPerKmNm(1550, 1538)).toBeCloseTo(4.0e-9, 20);
    expect(ramanCoefficientPerKmNm(1550, 1562)).toBeCloseTo(5.1e-9, 20);
    expect(ramanCoefficientPerKmNm(1550, 1550)).toBeCloseTo(1.7e-9, 11);
  });

  it("keeps the frequency offset for other pumps", () => {
    const shifted = nanometresOfTerahertz(
      terahertzOfNanometres(1550) - terahertzOfNanometres(1540) + terahertzOfNanometres(1550),
    );
    const expected = ramanCoefficientPerKmNm(1550, shifted) * (shifted / 1550) ** 4;
    expect(relative(ramanCoefficientPerKmNm(1540, 1550), expected)).toBeLessThan(0.01);
  });

  it("agrees with the theory within 0.7 to 1.3 over the table", () => {
    for (let nm = 1510; nm <= 1590; nm += 4) {
      if (Math.abs(nm - 1550) < 4) continue;
      const ratio = ramanCoefficientTheory(1550, nm) / ramanCoefficientPerKmNm(1550, nm);
      expect(ratio, `${nm} nm`).toBeGreaterThan(0.7);
      expect(ratio, `${nm} nm`).toBeLessThan(1.3);
    }
  });

  it.each([
    [1550, 1310, 9e-13],
    [1530, 1310, 2.5e-12],
    [1550, 1300, 6e-13],
    [1310, 1550, 1.7e-10],
  ])("falls 35 dB from C band to O band (%s to %s nm)", (pump, quantum, coefficient) => {
    expect(relative(ramanCoefficientPerKmNm(pump, quantum), coefficient)).toBeLessThan(0.15);
  });

  it("peaks at one attenuation length forward and saturates backward", () => {
    const loss = nepersPerKm(0.2);
    const span = (fibreKm: number) => ({ fibreKm, pumpNepersPerKm: loss, quantumNepersPerKm: loss });
    const peakKm = 1 / loss;
    expect(peakKm).toBeCloseTo(21.7, 1);
    expect(forwardRamanLengthKm(span(peakKm))).toBeGreaterThan(forwardRamanLengthKm(span(peakKm - 1)));
    expect(forwardRamanLengthKm(span(peakKm))).toBeGreaterThan(forwardRamanLengthKm(span(peakKm + 1)));
    expect(backwardRamanLengthKm(span(500))).toBeCloseTo(1 / (2 * loss), 6);
    const nearlyEqual = { ...span(30), quantumNepersPerKm: loss * (1 + 1e-7) };
    expect(relative(forwardRamanLengthKm(nearlyEqual), forwardRamanLengthKm(span(30)))).toBeLessThan(1e-5);
  });
});

describe("four-wave mixing", () => {
  const photonsPerS = (spacingThz: number, dbm: number) => {
    const watts = 1e-3 * 10 ** (dbm / 10);
    const power = fourWaveMixingWatts(
      {
        thz: [193.1, 193.1 + 2 * spacingThz, 193.1 + spacingThz],
        watts: [watts, watts, watts],
        degeneracy: 6,
      },
      { fibreKm: 50, nepersPerKm: nepersPerKm(0.2), wavelengthNm: 1550, dispersion: 17, dispersionSlope: 0 },
    );
    return power / photonEnergyJ(1550);
  };

  it.each([
    [0.1, 0, 6.2e7],
    [0.1, -3, 7.8e6],
    [0.1, -10, 6.2e4],
    [0.05, 0, 9.4e8],
    [0.2, 0, 5.4e6],
  ])("gives the known photon rate at %s THz spacing, %s dBm", (spacing, dbm, photons) => {
    expect(relative(photonsPerS(spacing, dbm), photons)).toBeLessThan(0.02);
  });

  it("is cubic in the launched power", () => {
    expect(photonsPerS(0.1, 10) / photonsPerS(0.1, 0)).toBeCloseTo(1000, 6);
  });
});

describe("noise of a channel plan", () => {
  const receiver: NoiseReceiver = {
    ...DEFAULT_NOISE_RECEIVER,
    quantumWavelengthNm: nanometresOfTerahertz(193.7),
    fibreKm: 50,
    receiverTransmittance: 0.5,
    detectorEfficiency: 0.2,
  };
  const channel = (
    frequencyThz: number,
    direction: "forward" | "backward" = "forward",
    launchDbm = 0,
  ): ClassicalChannel => ({
    frequencyThz,
    launchDbm,
    direction,
  });

  it("is zero without channels and adds up by origin", () => {
    expect(multiplexingNoise([], receiver).total).toBe(0);
    const noise = multiplexingNoise(
      [channel(193.4), channel(193.5), channel(193.6), channel(192.9, "backward")],
      receiver,
    );
    const parts = noise.ramanForward + noise.ramanBackward + noise.fourWaveMixing + noise.leakThrough;
    expect(noise.total).toBeCloseTo(parts, 18);
    for (const part of Object.values(noise)) expect(part).toBeGreaterThan(0);
  });

  it("mixes only forward channels whose product meets the filter", () => {
    expect(multiplexingNoise([channel(193.4), channel(193.5)], receiver).fourWaveMixing).toBe(0);
    expect(multiplexingNoise([channel(193.5), channel(193.6)], receiver).fourWaveMixing).toBeGreaterThan(0);
    expect(
      multiplexingNoise([channel(193.5, "backward"), channel(193.6, "backward")], receiver).fourWaveMixing,
    ).toBe(0);
  });

  it("scales Raman noise with power, and leakage with isolation", () => {
    const quiet = multiplexingNoise([channel(192.5, "forward", -10)], { ...receiver, isolationDb: 110 });
    const loud = multiplexingNoise([channel(192.5, "forward", 0)], { ...receiver, isolationDb: 100 });
    expect(loud.ramanForward / quiet.ramanForward).toBeCloseTo(10, 9);
    expect(loud.leakThrough / quiet.leakThrough).toBeCloseTo(100, 9);
  });

  it("needs the isolations that leak-through demands", () => {
    const at = (receivedDbm: number, isolationDb: number) =>
      multiplexingNoise([channel(193.5, "forward", receivedDbm)], {
        ...receiver,
        fibreKm: 0,
        isolationDb,
        receiverTransmittance: 1,
        detectorEfficiency: 0.1,
      }).leakThrough;
    for (const [dbm, isolation] of [
      [0, 111],
      [-10, 101],
      [-20, 91],
      [-28, 83],
    ] as const) {
      expect(at(dbm, isolation)).toBeLessThan(1e-6);
      expect(at(dbm, isolation - 1)).toBeGreaterThan(1e-6 * 0.9);
    }
  });

  it("refuses a channel that stands twice, and takes one that is lit both ways", () => {
    expect(() => multiplexingNoise([channel(193.4), channel(193.1), channel(193.4)], receiver)).toThrow(
      /^channels\[2\]\.frequencyThz is 193\.4, allowed is another than that of channels\[0\]/,
    );
    const both = [channel(193.4), channel(193.4, "backward")];
    expect(multiplexingNoise(both, receiver).total).toBeGreaterThan(0);
  });

  it.each<[string, ClassicalChannel, Partial<NoiseReceiver>]>([
    ["the quantum channel itself", channel(193.7), {}],
    ["a band without a model", channel(350), {}],
    ["a burning power", channel(192, "forward", 40), {}],
    ["a fibre of negative length", channel(192), { fibreKm: -1 }],
    ["a filter without width", channel(192), { filterBandwidthNm: 0 }],
  ])("refuses %s", (_, bad, change) => {
    expect(() => multiplexingNoise([bad], { ...receiver, ...change })).toThrow(
      expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }),
    );
  });
});
