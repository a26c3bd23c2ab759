import {
  type OpenedTransceiver,
  openTelemetry,
  openTransceiver,
  type QrxRawKeyFrame,
  type QtxRawKeyFrame,
  type RawKeyFrame,
} from "../../../../drivers/index.ts";
import {
  type EmulatedLink,
  type EmulatedLinkOptions,
  type Happening,
  startEmulatedLink,
} from "../../../../emulator/index.ts";
import { PARAMETERS, type RegisterValues } from "../../../../protocol/index.ts";
import type { UserFrame } from "./user-frame.ts";

const CREDIT_FRAMES = 32;

/**
 * An emulated link with a driver at each device, over TCP and Modbus TCP on loopback: what users read, made by the
 * compiled kernel in the emulator's own thread. Without drift, so that its parameters are exact.
 */
export class DriverLink {
  readonly #link: EmulatedLink;
  readonly #devices: readonly [OpenedTransceiver, OpenedTransceiver];
  readonly #queues: readonly [RawKeyFrame[], RawKeyFrame[]] = [[], []];
  #arrived = () => {};

  private constructor(link: EmulatedLink, devices: readonly [OpenedTransceiver, OpenedTransceiver]) {
    this.#link = link;
    this.#devices = devices;
    for (const [site, device] of devices.entries())
      device.rawKeys$.subscribe((frame) => {
        this.#queues[site]!.push(frame);
        this.#arrived();
      });
  }

  static async open(options: EmulatedLinkOptions): Promise<DriverLink> {
    const listen = ["tcp://127.0.0.1:0", "modbus+tcp://127.0.0.1:0"];
    const link = await startEmulatedLink({
      speed: "max",
      drift: "none",
      soloAfterMs: Number.POSITIVE_INFINITY,
      ...options,
      listen: { alice: listen, bob: listen },
    });
    const devices = [link.addresses.alice.tcp!, link.addresses.bob.tcp!].map((address) =>
      openTransceiver(address),
    ) as [Promise<OpenedTransceiver>, Promise<OpenedTransceiver>];
    return new DriverLink(link, await Promise.all(devices));
  }

  /** Key exchange with frames of so many detections. */
  async start(detectionsPerFrame: number): Promise<void> {
    for (const queue of this.#queues) queue.length = 0;
    await Promise.all(
      this.#devices.map((device) => device.start({ creditFrames: CREDIT_FRAMES, detectionsPerFrame })),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.stop()));
  }

  /** The next frame as both drivers got it. */
  async next(): Promise<UserFrame> {
    while (this.#queues.some((queue) => queue.length === 0))
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    const [alice, bob] = this.#queues.map((queue) => queue.shift()!) as [QtxRawKeyFrame, QrxRawKeyFrame];
    for (const device of this.#devices) device.acknowledge(alice.frameId);
    if (alice.frameId !== bob.frameId || alice.detections !== bob.detections)
      throw new Error(`frame ${alice.frameId} of Alice met frame ${bob.frameId} of Bob`);
    return joined(alice, bob);
  }

  apply(happening: Happening): Promise<void> {
    return this.#link.faults.apply(happening);
  }

  /** Sets a parameter of a device by its driver. */
  async set(site: "alice" | "bob", name: keyof typeof PARAMETERS, value: number): Promise<void> {
    await this.#devices[site === "alice" ? 0 : 1].setParameter(PARAMETERS[name].id, value);
  }

  /** One round of the registers of a device. */
  async registers(site: "alice" | "bob"): Promise<RegisterValues> {
    const telemetry = openTelemetry(this.#link.addresses[site].modbusTcp!);
    try {
      return (await telemetry.read()).values;
    } finally {
      await telemetry.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.close()));
    await this.#link.stop();
  }
}

function joined(alice: QtxRawKeyFrame, bob: QrxRawKeyFrame): UserFrame {
  const { firstGate, gateCount, detections, gateDigest } = alice;
  const of = ({ planes, planeBytes }: RawKeyFrame, index: number) =>
    planes.subarray(index * planeBytes, (index + 1) * planeBytes);
  return {
    firstGate,
    gateCount,
    detections,
    gateDigest,
    qtx: {
      basis: of(alice, 0),
      bit: of(alice, 1),
      intensityLow: of(alice, 2),
      intensityHigh: of(alice, 3),
      sent: alice.sent,
    },
    qrx: {
      basis: of(bob, 0),
      bit: of(bob, 1),
      clicksPerDetector: bob.clicksPerDetector,
      doubleClicks: bob.doubleClicks,
      deadGates: bob.deadGates,
      photocurrentNa: bob.photocurrentNa,
    },
  };
}
