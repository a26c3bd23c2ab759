import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { encodeFrameParts, type Frame, FrameScanner } from "../../../protocol/index.ts";

/** What becomes of a frame of the device: the same, another payload, or nothing. */
export type Altering = (frame: Frame) => Uint8Array | "as it is" | "dropped";

/** A line to a device on which whole frames of the device are altered or dropped, without a gap in their numbers. */
export class AlteringLine {
  readonly #server;
  readonly #sockets = new Set<Socket>();

  constructor(device: string, altering: Altering) {
    const { hostname, port } = new URL(device);
    this.#server = createServer((client) => {
      const line = connect(Number(port), hostname);
      const scanner = new FrameScanner();
      let droppedEvents = 0;
      for (const [one, other] of [
        [client, line],
        [line, client],
      ] as const) {
        this.#sockets.add(one);
        one.on("error", () => {});
        one.on("close", () => other.destroy());
      }
      client.pipe(line);
      line.on("data", (bytes) => {
        for (const event of scanner.push(bytes)) {
          if (event.kind !== "frame") continue;
          const { kind, repeat, sequence, opcode, payload } = event.frame;
          const altered = altering(event.frame);
          if (altered === "dropped") {
            droppedEvents += 1;
            continue;
          }
          const number = kind === "event" ? (sequence - droppedEvents) & 0xffff : sequence;
          const head = { kind, repeat, sequence: number, opcode };
          for (const part of encodeFrameParts(head, [altered === "as it is" ? payload : altered]))
            client.write(Buffer.from(part));
        }
      });
    });
  }

  /** Begins to listen; gives the address that stands for the device's. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
