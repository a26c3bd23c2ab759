import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { emulatedLinkFor } from "./emulated-link-for.ts";
import { emulatedNetworkFor } from "./emulated-network-for.ts";

const SMALL = {
  clockHz: 1e6,
  listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
} as const;

/** A test that is over when we say so. */
function testAtHand() {
  const works: (() => Promise<void>)[] = [];
  return {
    onTestFinished: (work: () => Promise<void>) => void works.push(work),
    finish: () => Promise.all(works.map((work) => work())),
  };
}

/** Whether somebody listens at `tcp://HOST:PORT`. */
function listens(address = ""): Promise<boolean> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

describe("a link for one test", () => {
  it("is stopped when its test is over", async () => {
    const test = testAtHand();
    const link = await emulatedLinkFor(test, SMALL);
    expect(await listens(link.addresses.alice.tcp)).toBe(true);
    await test.finish();
    expect(await listens(link.addresses.alice.tcp)).toBe(false);
  });

  it("is stopped even if the test ended while it started", async () => {
    const test = testAtHand();
    const starting = emulatedLinkFor(test, SMALL);
    await test.finish();
    expect(await listens((await starting).addresses.bob.tcp)).toBe(false);
  });

  it("shares nothing with another one", async (test) => {
    const [one, other] = await Promise.all([emulatedLinkFor(test, SMALL), emulatedLinkFor(test, SMALL)]);
    await one.faults.cut();
    expect(one.truth.conditions.fibreCut).toBe(true);
    expect(other.truth.conditions.fibreCut).toBe(false);
    expect(one.addresses.alice.tcp).not.toBe(other.addresses.alice.tcp);
  });

  it("tells the test why it does not start, and nothing when the test ends", async () => {
    const test = testAtHand();
    await expect(emulatedLinkFor(test, { ...SMALL, lossDb: -1 })).rejects.toMatchObject({
      code: "QKD_PHYSICS_RANGE",
    });
    await expect(test.finish()).resolves.toBeDefined();
  });

  it("takes the tests of node:test as well", async () => {
    const works: (() => Promise<void>)[] = [];
    const link = await emulatedLinkFor({ after: (work) => void works.push(work) }, SMALL);
    for (const work of works) await work();
    expect(works.length).toBe(1);
    expect(await listens(link.addresses.alice.tcp)).toBe(false);
  });
});

describe("a network for one test", () => {
  it("is stopped with all its links when its test is over", async () => {
    const test = testAtHand();
    const network = await emulatedNetworkFor(test, {
      scenario: "line-3",
      clockHz: SMALL.clockHz,
    });
    const ports = Object.values(network.links).map(({ addresses }) => addresses.bob.tcp);
    expect(await Promise.all(ports.map(listens))).toEqual([true, true]);
    await test.finish();
    expect(await Promise.all(ports.map(listens))).toEqual([false, false]);
  });
});
