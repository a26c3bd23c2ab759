import { describe, expect, it } from "vitest";
import {
  C_BAND_NM,
  DEFAULT_NOISE_RECEIVER,
  finiteRate,
  gridFrequencyThz,
  gridSlot,
  LINK_PRESETS,
  type LinkPreset,
  multiplexingNoise,
  PUBLISHED_POINTS,
  predictLink,
  publishedNear,
  terahertzOfNanometres,
} from "../index.ts";

const at = (preset: LinkPreset, channelLossDb: number) => {
  const link = { ...preset.link, channelLossDb };
  const { bound, blockBits, sessionS, reconciliationEfficiency } = preset;
  const { rateBps } = finiteRate(link, {
    bound,
    ...(blockBits === undefined ? {} : { blockBits }),
    ...(sessionS === undefined ? {} : { sessionS }),
    reconciliationEfficiency,
    epsilonSecrecy: preset.epsilon,
    epsilonCorrectness: preset.epsilon,
  });
  return { rateBps, qber: predictLink(link).qberPerIntensity.z[0] };
};
const relative = (value: number, reference: number) => Math.abs(value / reference - 1);

describe("presets", () => {
  it.each(Object.entries(LINK_PRESETS))("%s gives key over every length that it describes", (_, preset) => {
    expect(preset.describedKm).not.toEqual([]);
    for (const km of preset.describedKm) {
      expect(at(preset, km * preset.fibreDbPerKm).rateBps, `${km} km`).toBeGreaterThan(1000);
      if (km > 0)
        expect(`${preset.title} ${preset.source}`).toMatch(new RegExp(`\\b${km}\\b|\\b${km / 5} dB`));
    }
  });

  it.each(Object.entries(LINK_PRESETS))(
    "%s has its quantum channel on the grid, where there is one",
    (_, preset) => {
      if (preset.quantumWavelengthNm > 1500)
        expect(gridSlot(terahertzOfNanometres(preset.quantumWavelengthNm), 100)).toBe(3);
    },
  );

  it("give the multiplexed system's key at its 70 km", () => {
    expect(relative(at(LINK_PRESETS["mu-oband"], 70 * 0.33).rateBps, 66e3)).toBeLessThan(0.01);
  });

  it("give what the installed systems were fitted to", () => {
    const metro = at(LINK_PRESETS["installed-metro"], 10);
    expect(relative(metro.rateBps, 741e3)).toBeLessThan(0.01);
    expect(metro.qber).toBeCloseTo(0.024, 4);
    expect(relative(at(LINK_PRESETS["installed-metro"], 0).rateBps, 3.41e6)).toBeLessThan(0.01);
    expect(relative(at(LINK_PRESETS["installed-long"], 14.5).rateBps, 304e3)).toBeLessThan(0.01);
  });

  it("say what they predict of the installed systems, whether or not it was met", () => {
    expect(100 * at(LINK_PRESETS["installed-metro"], 0).qber).toBeCloseTo(2.2, 1);
    expect(100 * at(LINK_PRESETS["installed-long"], 14.5).qber).toBeCloseTo(4.9, 1);
    for (const { kind, source } of Object.values<LinkPreset>(LINK_PRESETS))
      if (kind === "installed") expect(source).toMatch(/FITTED.*PREDICTED/);
  });
});

describe("published points", () => {
  it("are told nearest first, those of equal distance all", () => {
    expect(publishedNear(12, 1).map(({ lossDb }) => lossDb)).toEqual([10, 10, 10]);
    expect(publishedNear(14, 2).map(({ lossDb }) => lossDb)[0]).toBe(14.5);
    expect(publishedNear(0, 100)).toHaveLength(PUBLISHED_POINTS.length);
  });
});

describe("four-wave mixing on the grid", () => {
  const channels = [-2, -1].map((n) => ({
    frequencyThz: gridFrequencyThz(3 + n, 100),
    launchDbm: 0,
    direction: "forward" as const,
  }));
  const noiseAt = (quantumWavelengthNm: number, fibreKm = 50) =>
    multiplexingNoise(channels, {
      ...DEFAULT_NOISE_RECEIVER,
      quantumWavelengthNm,
      fibreKm,
      receiverTransmittance: 0.5,
      detectorEfficiency: 0.2,
    });

  it("falls on the quantum channel of the C-band presets", () => {
    expect(noiseAt(C_BAND_NM).fourWaveMixing).toBeGreaterThan(1e-7);
  });

  it("is nothing over no fibre, and not undefined", () => {
    expect(noiseAt(C_BAND_NM, 0).fourWaveMixing).toBe(0);
  });

  it("misses a channel between the slots", () => {
    expect(noiseAt(1550).fourWaveMixing).toBe(0);
  });
});
