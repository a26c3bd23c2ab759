import { mock } from "node:test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DevelopmentAuthority } from "../../cli/index.ts";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { agreementReleased } from "../../protocol/index.ts";
import { allCases } from "../liars/cases.ts";
import { deviceCases, playDevice } from "../liars/devices/device-evening.ts";
import { playCase, type Verdict } from "../liars/evening.ts";
import { playSlave, SLAVE_CASES } from "../liars/slaves/slave-evening.ts";
import { playSockets, SOCKET_CASES } from "../liars/sockets/socket-evening.ts";

/** A sample of the cases of `npm run liars`, which plays all of them; the strides share no factor with their period. */
const sampled = <T>(cases: readonly T[], stride: number): readonly T[] =>
  cases.filter((_, at) => at % stride === 0);

const clock = (ms: number): void => mock.timers.tick(ms);
const held = (verdict: Verdict): void => expect([verdict, verdict.traces]).toEqual([verdict, []]);

describe("in virtual time", () => {
  let kernels: Kernels;
  beforeAll(async () => {
    kernels = await createKernels();
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  });
  afterAll(() => mock.timers.reset());

  it("a site that deviates with any of its messages leaves no trace at the other", async () => {
    const cases = sampled(allCases(), 47);
    const lies: string[] = [];
    for (const one of cases) {
      const verdict = await playCase(kernels, clock, 1, one);
      held(verdict);
      if (verdict.lies > 0) lies.push(verdict.message);
    }
    expect(lies.length).toBeGreaterThan(cases.length / 2);
  }, 180_000);

  it("what one site destroys for a lie, the other hands out no more, to the last byte", async () => {
    const cases = allCases().filter(
      ({ message, deviation }) =>
        message === agreementReleased && deviation.name === "blocks.0.boundaryBytes one less",
    );
    expect(cases).toHaveLength(1);
    for (const one of cases) held(await playCase(kernels, clock, 1, one));
  }, 60_000);

  it("a device that deviates with any of its messages leaves no trace at its driver", async () => {
    for (const one of sampled(deviceCases(), 41)) held(await playDevice(clock, one));
  }, 180_000);

  it("a Modbus slave that deviates with any of its answers, or another unit, leaves no trace either", async () => {
    for (const one of sampled(SLAVE_CASES, 13)) held(await playSlave(clock, one));
  }, 180_000);

  it("another unit is never read, whatever it answers when it is asked who it is", async () => {
    const named = [
      "exception 5, always",
      "exception 6, always",
      "exception 11, always",
      "with bits flipped, always",
    ];
    const cases = SLAVE_CASES.filter(
      ({ about, deviation, foreign }) =>
        about === "identification" && foreign && named.includes(deviation.name),
    );
    expect(cases).toHaveLength(named.length);
    for (const one of cases) {
      const verdict = await playSlave(clock, one);
      held(verdict);
      expect(verdict.lies).toBeGreaterThan(0);
    }
  }, 60_000);
});

describe("on sockets", () => {
  it("a site that deviates while it introduces itself is not let in, and is once it behaves", async () => {
    const authority = await DevelopmentAuthority.create();
    for (const one of sampled(SOCKET_CASES, 17)) held(await playSockets(authority, one));
  }, 120_000);
});
