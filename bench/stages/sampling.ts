import { createOptics } from "../../emulator/index.ts";
import { linkPreset } from "../../physics/index.ts";
import type { Bench } from "../bench.ts";
import { ratePerCpuSecond, singleRate } from "../measure/cpu-time.ts";

const FRAME = { maxDetections: 2 ** 20, maxGates: 2n ** 34n };

/** Photon events with everything switched on, as far as the planes and digests of finished frames. */
export const sampling: Bench = {
  name: "sampling",
  title: "photon events at 2 dB",
  async run({ seconds }) {
    const preset = linkPreset("yuan2018").link;
    const blind = { ...preset, deadGates: 4 };
    const cases = [
      { what: "2 dB, afterpulses, dead time 4 gates, double clicks", link: blind, target: 100 },
      { what: "2 dB, preset yuan2018 (no dead time)", link: preset, target: 100 },
      { what: "10 dB, preset yuan2018", link: { ...preset, channelLossDb: 10 }, target: undefined },
    ];
    const figures = [];
    for (const { what, link, target } of cases) {
      const optics = await createOptics({ link, seed: 1n });
      const rate = ratePerCpuSecond(FRAME.maxDetections / 1e6, () => optics.nextFrame(FRAME), {
        seconds: seconds(2),
      });
      const plain = await createOptics({ link, seed: 1n, plain: true });
      const small = { ...FRAME, maxDetections: 2 ** 18 };
      plain.nextFrame({ ...FRAME, maxDetections: 2 ** 14 });
      const slow = singleRate(small.maxDetections / 1e6, () => plain.nextFrame(small));
      figures.push({
        bench: "sampling",
        what,
        unit: "M clicks/s",
        ...rate,
        ...(target === undefined ? {} : { target: { bound: "least" as const, value: target } }),
        baseline: { what: "plain TypeScript", value: slow },
      });
    }
    return figures;
  },
};
