import { randomBytes } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { crc32 as nativeCrc32 } from "node:zlib";
import { openSession, openTransport, parseDeviceAddress } from "../../drivers/index.ts";
import {
  type Crc32,
  EVENTS,
  type EventOf,
  encodeFrameParts,
  FrameScanner,
  crc32 as plainCrc32,
  planeBytes,
  SecretBytes,
} from "../../protocol/index.ts";
import type { Bench } from "../bench.ts";
import { cpuSecondsSoFar } from "../measure/cpu-time.ts";
import { summarise } from "../measure/median.ts";

const DETECTIONS = 2 ** 20;
const FRAMES_A_RUN = 128;

/** Raw-key frames from the device's encoder through a socket to the decoded event in the driver. */
export const wire: Bench = {
  name: "wire",
  title: "raw-key frames over TCP",
  async run({ seconds }) {
    const device = await Device.listen(nativeCrc32);
    const received = await throughDriver(device);
    const rates: number[] = [];
    const end = performance.now() + 1000 * seconds(3);
    while (rates.length < 4 || performance.now() < end) rates.push(await oneRun(device, received));
    received.close();
    device.close();
    const plainDevice = await Device.listen(plainCrc32);
    const plain = await throughPlainScanner(plainDevice);
    await oneRun(plainDevice, plain);
    const slow = await oneRun(plainDevice, plain);
    plain.close();
    plainDevice.close();
    return [
      {
        bench: "wire",
        what: "encode, TCP, scan, checksum, decode; both ends on one core",
        unit: "MB/s",
        ...summarise(rates.slice(1)),
        target: { bound: "least", value: 200 },
        baseline: { what: "checksums in plain TypeScript", value: slow },
      },
    ];
  },
};

interface Receiver {
  frames: number;
  onFrame: () => void;
  close(): void;
}

async function oneRun(device: Device, receiver: Receiver): Promise<number> {
  const before = cpuSecondsSoFar();
  const wanted = receiver.frames + FRAMES_A_RUN;
  const arrived = new Promise<void>((resolve) => {
    receiver.onFrame = () => {
      if (receiver.frames === wanted) resolve();
    };
  });
  const bytes = await device.send(FRAMES_A_RUN);
  await arrived;
  return bytes / 1e6 / (cpuSecondsSoFar() - before);
}

/** Sends frames as the emulated devices do. */
class Device {
  readonly address: string;
  readonly #server: ReturnType<typeof createServer>;
  readonly #crc32: Crc32;
  readonly #planes = new SecretBytes(new Uint8Array(randomBytes(4 * planeBytes(DETECTIONS))));
  #socket: Socket | null = null;
  #frameId = 0;

  private constructor(server: ReturnType<typeof createServer>, port: number, crc32: Crc32) {
    this.#server = server;
    this.#crc32 = crc32;
    this.address = `127.0.0.1:${port}`;
    server.on("connection", (socket) => {
      this.#socket = socket;
      socket.on("error", () => socket.destroy());
      socket.resume();
    });
  }

  static listen(crc32: Crc32): Promise<Device> {
    const server = createServer({ noDelay: true });
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const at = server.address();
        resolve(new Device(server, typeof at === "object" && at !== null ? at.port : 0, crc32));
      });
    });
  }

  async send(frames: number): Promise<number> {
    let bytes = 0;
    for (let sent = 0; sent < frames; sent++) {
      const socket = this.#socket;
      if (socket === null) throw new Error("nobody is connected");
      socket.cork();
      for (const part of this.#frame()) {
        bytes += part.length;
        socket.write(part);
      }
      socket.uncork();
      if (socket.writableNeedDrain) await new Promise((resolve) => socket.once("drain", resolve));
    }
    return bytes;
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }

  #frame(): readonly Uint8Array[] {
    const { opcode, event } = EVENTS.rawKeyQtx;
    const frameId = this.#frameId++;
    const message: EventOf<"rawKeyQtx"> = {
      sessionNumber: 1,
      frameId,
      firstGate: 0n,
      gateCount: 2n ** 25n,
      detections: DETECTIONS,
      droppedFrames: 0,
      gateDigest: new Uint8Array(32),
      sent: [1, 2, 3, 4, 5, 6],
      planes: this.#planes,
    };
    const head = { kind: "event", repeat: false, sequence: frameId & 0xffff, opcode } as const;
    return encodeFrameParts(head, event.encodeParts(message), { crc32: this.#crc32 });
  }
}

async function throughDriver(device: Device): Promise<Receiver> {
  const transport = await openTransport(parseDeviceAddress(`tcp://${device.address}`));
  const receiver = { frames: 0, onFrame: () => {}, close: () => void session.close() };
  const session = openSession(
    transport,
    {
      event: ({ name }) => {
        if (name !== "rawKeyQtx") return;
        receiver.frames += 1;
        receiver.onFrame();
      },
      closed: () => {},
    },
    { heartbeatMs: 600_000 },
  );
  return receiver;
}

async function throughPlainScanner(device: Device): Promise<Receiver> {
  const [host = "", port = ""] = device.address.split(":");
  const socket = connect(Number(port), host);
  await new Promise((resolve) => socket.once("connect", resolve));
  const receiver = { frames: 0, onFrame: () => {}, close: () => void socket.destroy() };
  const scanner = new FrameScanner();
  socket.on("data", (chunk) => {
    for (const event of scanner.push(chunk)) {
      if (event.kind !== "frame") continue;
      EVENTS.rawKeyQtx.event.decode(event.frame.payload);
      receiver.frames += 1;
      receiver.onFrame();
    }
  });
  return receiver;
}
