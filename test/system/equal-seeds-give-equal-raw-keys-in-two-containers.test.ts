import { createHash } from "node:crypto";
import { expect, it, type TestContext } from "vitest";
import { QkdLinkContainer } from "../../emulator/container/index.ts";
import { describeWithDocker } from "./engine/describe-with-docker.ts";
import { matchedFrames, takeKeys } from "./key-taker.ts";
import { startedFor } from "./started-for.ts";

const FRAMES = 8;

describeWithDocker("the seed of a container", (image) => {
  /** Digests of the first frames of both devices, planes and all. */
  async function firstFrames(test: TestContext, seed: bigint): Promise<string[]> {
    const container = new QkdLinkContainer(image).withSeed(seed).withSpeed("max").withClockHz(2e7);
    const started = await startedFor(test, container);
    const frames = await matchedFrames(await takeKeys(test, started.addresses), FRAMES);
    await started.stop();
    return frames
      .toSorted(([a], [b]) => a.frameId - b.frameId)
      .slice(0, FRAMES)
      .map(([a, b]) => {
        const hash = createHash("sha256").update(`${a.frameId} ${a.firstGate} ${a.gateCount}`);
        return hash.update(a.gateDigest).update(a.planes).update(b.planes).digest("hex");
      });
  }

  it("replays the raw keys of both devices in another container", async (test) => {
    const seed = 0xfeed_beef_0123_4567n;
    const [one, again, other] = [
      await firstFrames(test, seed),
      await firstFrames(test, seed),
      await firstFrames(test, seed + 1n),
    ];
    expect(again).toEqual(one);
    expect(new Set([...one, ...other]).size).toBe(2 * FRAMES);
  });
});
