import { beforeAll, describe, expect, it } from "vitest";
import type { OpticsControl } from "../../emulator/index.ts";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { type LinkParameters, predictLink } from "../../physics/index.ts";
import { attacksOf, evidence, type Happening, type JudgedBlock, runAttack } from "./attack-run.ts";
import { raisedOverQuietLinks, yuan } from "./quiet-links.ts";

/**
 * Each attack against real photons and both real engines. The indicators judge at six standard deviations and a margin
 * (docs/ATTACKS.md): a false alarm has a chance below 1e-8 a block and indicator, so the 40 quiet blocks here, with some
 * ten indicators each, raise one by chance in fewer than one of 50,000 sets of seeds, the 200 of the slow tests in one of
 * 10,000. The seeds are fixed.
 */
const at = (link: LinkParameters, s: number, control: OpticsControl): Happening => ({
  atGate: BigInt(Math.round(s * link.clockHz)),
  control,
});

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

const judge = (link: LinkParameters, seed: number, blocks: number, blockBits: number, what: object) =>
  runAttack({ kernels, link, seed: BigInt(seed), blockBits, blocks, ...what });
const attacks = (blocks: readonly JudgedBlock[]) => [...new Set(blocks.flatMap(attacksOf))].sort();

describe("a quiet link", () => {
  it("raises nothing in 10 runs", async () => {
    expect(await raisedOverQuietLinks(10)).toEqual([]);
  }, 120_000);

  it.each([
    [
      "a cut and its repair",
      (link: LinkParameters, s: number) => [
        at(link, 0.7 * s, { type: "fibreCut", cut: true }),
        at(link, 0.7 * s + 2, { type: "fibreCut", cut: false }),
      ],
    ],
    [
      "a bend of 3 dB",
      (link: LinkParameters, s: number) => [
        at(link, 0.6 * s, { type: "fibreLoss", db: link.channelLossDb + 3 }),
      ],
    ],
    [
      "a laser switched off and on",
      (link: LinkParameters, s: number) => [
        at(link, 0.4 * s, { type: "laser", on: false }),
        at(link, 0.4 * s + 1, { type: "laser", on: true }),
      ],
    ],
    [
      "a channel that is lit",
      (link: LinkParameters, s: number) => [at(link, 0.8 * s, { type: "noise", perGate: 1e-4 })],
    ],
    [
      "a warm detector",
      (link: LinkParameters, s: number) => [at(link, 0.5 * s, { type: "detectorTemperature", celsius: -20 })],
    ],
    [
      "a laser that aged",
      (link: LinkParameters, s: number) => [at(link, 0.5 * s, { type: "laserPower", relative: 0.7 })],
    ],
    [
      "a line that flickers",
      (link: LinkParameters, s: number) =>
        Array.from({ length: 200 }, (_, i) =>
          at(link, (i * s) / 100, { type: "fibreCut", cut: i % 2 === 0 }),
        ),
    ],
  ] as const)("takes no eavesdropper for %s", async (_name, happenings) => {
    for (const lossDb of [2, 12]) {
      const link = yuan(lossDb);
      const blockS = 200_000 / (predictLink(link).siftedPerGate.z * link.clockHz);
      const blocks = await judge(link, 7 + lossDb, 3, 200_000, { happenings: happenings(link, blockS) });
      expect(evidence(blocks)).toEqual([]);
    }
  });
});

describe("errors in the key basis alone, for the time of a block", () => {
  const link = yuan(2);
  const blockBits = 1_100_000;
  const blockS = blockBits / (predictLink(link).siftedPerGate.z * link.clockHz);
  const gate = (share: number) => BigInt(Math.round(share * blockS * link.clockHz));

  it.each([
    [
      "every pulse intercepted and measured in the other basis",
      {
        happenings: [
          { atGate: gate(2.3), control: { type: "interceptResend", fraction: 1, basisBias: 0 } },
          { atGate: gate(3.3), control: { type: "interceptResend", fraction: 0, basisBias: 0.5 } },
        ],
      },
    ],
    ["zeros from the transmitter", { zeros: { of: "qtx", fromGate: gate(2.3), toGate: gate(3.3) } }],
    ["zeros from the receiver", { zeros: { of: "qrx", fromGate: gate(2.3), toGate: gate(3.3) } }],
  ] as const)(
    "%s: an alarm with the block that they strike, and key with the next but one",
    async (_, what) => {
      const blocks = await judge(link, 77, 6, blockBits, { detectionsPerFrame: 1 << 17, ...what });
      // Both sites' reports come before the next block is full: nothing holds them up.
      for (const [index, { endS }] of blocks.entries()) expect(endS / blockS).toBeLessThan(1.1 * (index + 1));
      const keys = blocks.map(({ report }) => report.secretBits > 0);
      expect(keys).toEqual([true, true, false, false, true, true]);
      expect(blocks.map(({ indicators }) => indicators.some(({ name }) => name === "qberZ"))).toEqual(
        keys.map((key) => !key),
      );
    },
  );
});

describe("an attack raises its own alarm and no other, and its keys are withheld at both sites", () => {
  it.each([
    [
      "intercept-resend of 10 %",
      "interceptResend",
      { type: "interceptResend", fraction: 0.1, basisBias: 0.5 },
    ],
    [
      "intercept-resend of every pulse in a biased basis",
      "interceptResend",
      { type: "interceptResend", fraction: 1, basisBias: 15 / 16 },
    ],
    [
      "splitting of photon numbers, all pulses",
      "photonNumberSplitting",
      { type: "photonSplitting", fraction: 1 },
    ],
    [
      "splitting of photon numbers, a fifth of the pulses",
      "photonNumberSplitting",
      { type: "photonSplitting", fraction: 0.2 },
    ],
    [
      "blinding with faked states",
      "blinding",
      { type: "blinding", attack: { lightMw: 1, fakedPerGate: 0.02, basisBias: 0.5 } },
    ],
  ] as const)("%s", async (_name, attack, control) => {
    const link = yuan(10);
    const blocks = await judge(link, 21, 2, 1_000_000, { controls: [control] });
    expect([attack, evidence(blocks), attacks(blocks)]).toEqual([attack, expect.anything(), [attack]]);
    for (const block of blocks) {
      expect(attacksOf(block)).toEqual([attack]);
      expect(block.withheld).toEqual({ alice: true, bob: true });
    }
  });

  it("a time shift, where the detectors' gates lie apart", async () => {
    const blocks = await judge(yuan(10), 22, 2, 1_000_000, {
      controls: [
        { type: "gateAlignment", delayPs: 0, skewPs: 60 },
        { type: "timeShift", ps: 60 },
      ],
    });
    expect([evidence(blocks), attacks(blocks)]).toEqual([expect.anything(), ["timeShift"]]);
    for (const block of blocks) expect(block.withheld).toEqual({ alice: true, bob: true });
  });
});
