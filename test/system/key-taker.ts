import type { TestContext } from "vitest";
import { type OpenedTransceiver, openTransceiver, type RawKeyFrame } from "../../drivers/index.ts";
import type { ContainerAddresses, ContainerDevice } from "../../emulator/container/index.ts";
import { QkdError } from "../../errors/index.ts";

/** One driver at one device: what it saw so far. */
export interface KeyTaker {
  readonly transceiver: OpenedTransceiver;
  readonly frames: ReadonlyMap<number, RawKeyFrame>;
  /** Connection states in their order. */
  readonly states: readonly string[];
}

/** Both ends of a link with a key exchange started at each. */
export interface LinkTakers {
  readonly alice: KeyTaker;
  readonly bob: KeyTaker;
}

/** Drivers for both devices, with impatient timeouts; they take raw keys until the test is over. */
export async function takeKeys(test: TestContext, addresses: ContainerAddresses): Promise<LinkTakers> {
  const [alice, bob] = await Promise.all([
    openTaker(test, addresses.alice, "qtx"),
    openTaker(test, addresses.bob, "qrx"),
  ]);
  const size = { detectionsPerFrame: 20_000 };
  await Promise.all([alice.transceiver.start(size), bob.transceiver.start(size)]);
  return { alice, bob };
}

async function openTaker(test: TestContext, at: ContainerDevice, role: "qtx" | "qrx"): Promise<KeyTaker> {
  const transceiver = await openTransceiver(at.tcp, {
    role,
    telemetry: at.modbusTcp,
    session: { timeoutMs: 500, heartbeatMs: 250 },
    reconnect: { initialMs: 50, maxMs: 500, factor: 2, jitter: 0 },
  });
  test.onTestFinished(() => transceiver.close());
  const frames = new Map<number, RawKeyFrame>();
  const states: string[] = [];
  transceiver.rawKeys$.subscribe((frame) => {
    frames.set(frame.frameId, frame);
    transceiver.acknowledge(frame.frameId);
  });
  transceiver.state$.subscribe((state) => states.push(state));
  return { transceiver, frames, states };
}

/** A reading of the telemetry plane; asks again where a busy machine was too slow to answer. */
export async function readingOf({ transceiver }: KeyTaker) {
  for (;;) {
    try {
      return await transceiver.telemetry!.read();
    } catch (error) {
      if (!(error instanceof QkdError && error.retryable)) throw error;
    }
  }
}

/** Waits until `done` says so; the test's own timeout ends a wait in vain. */
export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Waits for `count` frames beyond those of `before` that both ends have; gives both halves of each. */
export async function matchedFrames(
  { alice, bob }: LinkTakers,
  count: number,
  before: ReadonlySet<RawKeyFrame> = new Set(),
): Promise<(readonly [RawKeyFrame, RawKeyFrame])[]> {
  const matched = () =>
    [...bob.frames.values()]
      .filter((frame) => !before.has(frame))
      .flatMap((frame) => {
        const partner = alice.frames.get(frame.frameId);
        return partner === undefined || before.has(partner) ? [] : [[partner, frame] as const];
      });
  await until(() => matched().length >= count);
  return matched();
}

/** Every frame that either end has now. */
export function framesSoFar({ alice, bob }: LinkTakers): Set<RawKeyFrame> {
  return new Set([...alice.frames.values(), ...bob.frames.values()]);
}
