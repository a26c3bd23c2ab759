import { afterEach, beforeEach, vi } from "vitest";
import {
  createMemoryLink,
  type MemoryTransport,
  type OpenedTransceiver,
  openTransceiver,
  type RawKeyFrame,
  type TransceiverAlarm,
  type TransceiverOptions,
} from "../../drivers/index.ts";
import { TransportError } from "../../errors/index.ts";
import { FakeDevice } from "./fake-device.ts";

const opened: OpenedTransceiver[] = [];
/** Puts a test on virtual time, and closes what it opened. Call once in each file. */
export function onVirtualTime(): void {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(async () => {
    for (const transceiver of opened.splice(0)) await transceiver.close();
    vi.useRealTimers();
  });
}

/** Closes a transceiver when the test is over. */
export function closeLater<T extends OpenedTransceiver>(transceiver: T): T {
  opened.push(transceiver);
  return transceiver;
}

/** Advances virtual time, with everything that hangs on it. */
export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
export const OPTIONS: TransceiverOptions = {
  session: { timeoutMs: 100, heartbeatMs: 60_000 },
  reconnect: { initialMs: 100, maxMs: 1_000, factor: 2, jitter: 0 },
};
export const REFUSED = new TransportError("QKD_TRANSPORT_OPEN", "nobody there", { retryable: true });

/** A bench on which devices can be plugged in and pulled out. */
export function bench() {
  const devices: FakeDevice[] = [];
  const cables: MemoryTransport[] = [];
  const state = { powered: true, attempts: 0, prepare: (_device: FakeDevice) => {} };
  const factory = async () => {
    state.attempts += 1;
    if (!state.powered) throw REFUSED;
    const [left, right] = createMemoryLink();
    cables.push(left);
    const device = new FakeDevice(right);
    keyExchange(device, devices.length + 1);
    state.prepare(device);
    devices.push(device);
    return left;
  };
  return {
    state,
    devices,
    cables,
    factory,
    device: () => devices.at(-1)!,
    unplug: () => cables.at(-1)!.unplug(),
  };
}

/** Lets the device start key exchanges; frame ids go on where the test says. */
function keyExchange(device: FakeDevice, sessionNumber: number): void {
  device.on("startKeyExchange", ({ detectionsPerFrame }) => ({
    sessionNumber,
    firstFrameId: sessionNumber * 100,
    detectionsPerFrame,
  }));
  device.on("stopKeyExchange", (request) => request);
  device.on("credit", ({ creditLimit }) => ({
    sessionNumber,
    creditLimit,
    nextFrameId: 0,
    droppedFrames: 0,
  }));
}

/** Opens a transceiver and records everything it tells. */
export async function open(factory: () => Promise<MemoryTransport>, options = OPTIONS) {
  const transceiver = closeLater(await openTransceiver(factory, options));
  const frames: RawKeyFrame[] = [];
  const alarms: TransceiverAlarm[] = [];
  const states: string[] = [];
  let failure: unknown;
  let complete = false;
  transceiver.rawKeys$.subscribe({
    next: (frame) => frames.push(frame),
    error: (error) => {
      failure = error;
    },
    complete: () => {
      complete = true;
    },
  });
  transceiver.alarms$.subscribe((alarm) => alarms.push(alarm));
  transceiver.state$.subscribe((state) => states.push(state));
  return { transceiver, frames, alarms, states, failure: () => failure, complete: () => complete };
}

/** An open transceiver, its service, and the device behind it, which `prepare` gives answers. */
export async function served(prepare: (device: FakeDevice) => void = () => {}) {
  const { factory, device, unplug, state } = bench();
  state.prepare = prepare;
  const { transceiver } = await open(factory);
  return { transceiver, service: transceiver.service, device, unplug, state };
}
