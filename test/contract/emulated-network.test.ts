import { expect, it } from "vitest";
import { startEmulatedNetwork } from "../../emulator/index.ts";
import { TestClient } from "./test-client.ts";

const TWINS = {
  name: "twins",
  title: "Two links of one kind",
  description: "They differ in their photons alone",
  clockHz: 1e7,
  nodes: ["a", "b", "c"],
  links: [
    { ends: ["a", "b"], km: 10, lossDb: 5 },
    { ends: ["b", "c"], km: 10, lossDb: 5 },
  ],
} as const;

/** What was detected in the first frame of each link. */
async function firstFrames(seed: number): Promise<string[]> {
  const network = await startEmulatedNetwork({ scenario: TWINS, seed, speed: "manual", drift: "none" });
  const clients: TestClient[] = [];
  try {
    return await Promise.all(
      Object.values(network.links).map(async (link) => {
        const [alice, bob] = [
          await TestClient.tcp(link.addresses.alice.tcp),
          await TestClient.tcp(link.addresses.bob.tcp),
        ];
        clients.push(alice, bob);
        for (const client of [alice, bob])
          await client.call("startKeyExchange", { detectionsPerFrame: 2000, creditFrames: 64 });
        await link.advance(100);
        const { gateDigest } = await bob.event("rawKeyQrx", 1);
        return Buffer.from(gateDigest).toString("hex");
      }),
    );
  } finally {
    for (const client of clients) client.close();
    await network.stop();
  }
}

it("links of one network have photons of their own, the same for one seed", async () => {
  const frames = await firstFrames(7);
  expect(new Set(frames).size).toBe(2);
  expect(await firstFrames(7)).toEqual(frames);
  expect(await firstFrames(8)).not.toEqual(frames);
});
