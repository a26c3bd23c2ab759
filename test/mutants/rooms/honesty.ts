import type { Breach } from "../breach.ts";

const TESTS = ["test/statistics/honesty-of-users.test.ts", "test/statistics/honesty-of-users.slow.test.ts"];

/**
 * Lies of the emulator about its light and its instruments. Each lies to users: in drivers' frames and registers, most of
 * them only where the tap of truth is off.
 */
export const HONESTY: readonly Breach[] = [
  {
    id: "honesty/forgetful-detectors",
    file: "emulator/optics/link-optics.ts",
    find: "const tables = buildTables(this.#conditionsNow(), this.#seeds);",
    replace: `const now = this.#conditionsNow();
    const link = { ...now.link, afterpulseDecay: [{ weight: 1, gates: 1e6 }] };
    const tables = buildTables(this.#tap === undefined ? { ...now, link } : now, this.#seeds);`,
    meaning: "afterpulses follow nothing wherever the tap of truth is off",
    tests: TESTS,
  },
  {
    id: "honesty/bob-follows-alice",
    file: "emulator/optics/link-optics.ts",
    find: "const sampled = this.#sampler.endFrame(place);",
    replace: `const sampled = this.#sampler.endFrame(place);
    const bytes = sampled.planes.length / 6;
    const plane = (index: number) => sampled.planes.subarray(index * bytes, (index + 1) * bytes);
    const was = plane(4).slice();
    for (let i = 0; i < bytes && this.#tap === undefined; i++) {
      const basis = (plane(0)[i]! << 1) | ((plane(0)[i - 1] ?? 0) >>> 7);
      const newly = ~(basis ^ plane(0)[i]!) & (was[i]! ^ plane(0)[i]!);
      plane(4)[i] = basis;
      plane(5)[i] = (plane(5)[i]! & ~newly) | (plane(1)[i]! & newly);
    }`,
    meaning: "Bob's basis is Alice's of the detection before wherever the tap of truth is off",
    tests: TESTS,
  },
  {
    id: "honesty/shared-generator",
    file: "emulator/optics/sampler/build-tables.ts",
    find: "[seeds.bob, layout.RECEIVER_KEY_AT],",
    replace: "[seeds.alice, layout.RECEIVER_KEY_AT],",
    meaning: "both sites draw their bases from one generator",
    tests: TESTS,
  },
  {
    id: "honesty/short-period",
    file: "emulator/optics/link-optics.ts",
    find: `const high = Number(this.#windowStart >> 32n);
      const low = Number(this.#windowStart & 0xffffffffn);`,
    replace: `const high = 0;
      const low = Number(this.#windowStart & 0x3fffffffn);`,
    meaning: "all settings repeat after 2^30 gates",
    tests: TESTS,
  },
  {
    id: "honesty/late-period",
    file: "emulator/optics/link-optics.ts",
    find: "const high = Number(this.#windowStart >> 32n);",
    replace: "const high = Number(this.#windowStart >> 32n) & 3;",
    meaning: "all settings repeat after 2^34 gates",
    tests: TESTS,
  },
  {
    id: "honesty/fixed-current",
    file: "emulator/optics/frame/assemble-frame.ts",
    find: "photocurrentNa: currents[0] + currents[1],",
    replace: "photocurrentNa: 40,",
    meaning: "frames tell a photocurrent of 40 nA whatever the detectors do",
    tests: TESTS,
  },
  {
    id: "honesty/current-on-the-wire",
    file: "emulator/link/light/pair-frame.ts",
    find: "photocurrentNa: qrx.photocurrentNa,",
    replace: "photocurrentNa: 40,",
    meaning: "drivers alone are told a photocurrent of 40 nA",
    tests: TESTS,
  },
  {
    id: "honesty/fixed-current-registers",
    file: "emulator/device/instruments/instruments.ts",
    find: "detector0PhotocurrentNa: current0,",
    replace: "detector0PhotocurrentNa: current0 === null ? null : 20,",
    meaning: "a current register stands still",
    tests: TESTS,
  },
  {
    id: "honesty/quiet-meters",
    file: "emulator/optics/frame/assemble-frame.ts",
    find: "const METER_NOISE = 0.01;",
    replace: "const METER_NOISE = 0.0001;",
    meaning: "current meters have no noise",
    tests: TESTS,
  },
  {
    id: "honesty/perfect-source",
    file: "emulator/optics/link-optics.ts",
    find: "const tables = buildTables(this.#conditionsNow(), this.#seeds);",
    replace: `const now = this.#conditionsNow();
    const perfect = { ...now, intensityJitter: 0, patternEffect: [0, 0, 0] as const };
    const tables = buildTables(this.#tap === undefined ? perfect : now, this.#seeds);`,
    meaning: "jitter and pattern effect do nothing wherever the tap of truth is off",
    tests: TESTS,
  },
  {
    id: "honesty/jitter-ignored",
    file: "emulator/optics/effects/source.ts",
    find: "conditions.intensityJitter === 0 ? 1 : 1 + conditions.intensityJitter * JITTER_LEVELS[jitterLevel]!;",
    replace: "1 + 0 * jitterLevel;",
    meaning: "intensities do not vary, whatever is set",
    tests: TESTS,
  },
  {
    id: "honesty/pattern-evened-out",
    file: "emulator/optics/effects/source.ts",
    find: "const pattern = 1 + (conditions.patternEffect[before] ?? 0);",
    replace:
      "const pattern = 1 + 0 * before + conditions.patternEffect.reduce((sum, one) => sum + one, 0) / 3;",
    meaning: "the pattern effect is right on average and remembers no pulse",
    tests: TESTS,
  },
  {
    id: "honesty/preparation-ignored",
    file: "emulator/optics/effects/interferometer.ts",
    find: "phaseErrorRad + modeHopRad - phaseSettingRad + prepared",
    replace: "phaseErrorRad + modeHopRad - phaseSettingRad + 0 * prepared",
    meaning: "Alice prepares perfect states, whatever is set",
    tests: TESTS,
  },
  {
    id: "honesty/modulator-ignored",
    file: "emulator/optics/effects/modulator.ts",
    find: "if (offsetV === 0) return intensities;",
    replace: "if (offsetV < 1e9) return intensities;",
    meaning: "the modulator's bias is told and not felt",
    tests: TESTS,
  },
  {
    id: "honesty/no-dead-time",
    file: "emulator/optics/sampler/build-tables.ts",
    find: "words[layout.BLIND_GATES_AT] = conditions.link.deadGates;",
    replace: "words[layout.BLIND_GATES_AT] = 0;",
    meaning: "detectors are never blind",
    tests: TESTS,
  },
  {
    id: "honesty/cold-darkness",
    file: "emulator/optics/effects/detector.ts",
    find: "2 ** (warmer / DARK_DOUBLING_K)",
    replace: "2 ** ((0 * warmer) / DARK_DOUBLING_K)",
    meaning: "warm detectors are as dark as cold ones",
    tests: TESTS,
  },
  {
    id: "honesty/cold-registers",
    file: "emulator/device/instruments/instruments.ts",
    find: "detector0TemperatureC: this.#detectors[0].celsius + n(0.02),",
    replace: "detector0TemperatureC: -30 + n(0.02),",
    meaning: "a register tells a cold detector, however warm it is",
    tests: TESTS,
  },
  {
    id: "honesty/noise-without-light",
    file: "emulator/optics/effects/background.ts",
    find: "const classical = Math.min(1, classicalNoise(conditions)?.total ?? 0);",
    replace: "const classical = classicalNoise(conditions) === undefined ? 0 : 3e-4;",
    meaning: "classical channels bring the same noise at any power",
    tests: TESTS,
  },
  {
    id: "honesty/power-registers",
    file: "emulator/device/instruments/instruments.ts",
    find: "Math.max(CLASSICAL_FLOOR_DBM, launchDbm - around.fibreLossDb)",
    replace: "Math.max(CLASSICAL_FLOOR_DBM, launchDbm - 0.95 * around.fibreLossDb)",
    meaning: "classical powers are told half a decibel off",
    tests: TESTS,
  },
  {
    id: "honesty/rate-registers",
    file: "emulator/device/keys/link-statistics.ts",
    find: "countRateHz: [sums.clicks0 * perSecond, sums.clicks1 * perSecond],",
    replace: "countRateHz: [2.4e6, 2.4e6],",
    meaning: "count rates are made up",
    tests: TESTS,
  },
  {
    id: "honesty/error-registers",
    file: "emulator/device/keys/link-statistics.ts",
    find: "qberZPpm: rate(sums.errorsZ, sums.matchedZ),",
    replace: "qberZPpm: rate(0.9 * sums.errorsZ, sums.matchedZ),",
    meaning: "error rates are flattered",
    tests: TESTS,
  },
  {
    id: "honesty/empty-digest",
    file: "emulator/optics/frame/assemble-frame.ts",
    find: ".update(sampled.gapBytes)",
    replace: ".update(sampled.gapBytes.subarray(0, 1))",
    meaning: "the digest of the gates says nothing of most of them",
    tests: TESTS,
  },
  {
    id: "honesty/light-tilted-for-users",
    file: "emulator/optics/create-optics.ts",
    find: "return new LinkOptics({ conditions, seeds, sampler });",
    replace: `const { link } = conditions;
  const fine = { ...link, misalignment: { z: 0.9 * link.misalignment.z, x: link.misalignment.x } };
  return new LinkOptics({ conditions: { ...conditions, link: fine }, seeds, sampler });`,
    meaning: "users see fewer errors than the tap of truth",
    tests: TESTS,
  },
];
