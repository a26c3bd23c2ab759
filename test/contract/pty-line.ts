import { openTransport, parseDeviceAddress } from "../../drivers/index.ts";
import type { PortConnection } from "../../emulator/ports/port.ts";
import { openPtyPort } from "../../emulator/ports/pty-port.ts";
import type { Line } from "./transport-contract.ts";

/** Time for the terminal to hand out its last bytes before the device goes. */
const LAST_BYTES_MS = 60;

/** A serial line over a pseudo-terminal, opened by the same library as a real port. */
export async function ptyLine(): Promise<Line> {
  const chunks: Buffer[] = [];
  let length = 0;
  let wake = () => {};
  let drained = () => {};
  let connection: PortConnection | undefined;
  const line = { baud: 12_000_000, dataBits: 8, parity: "none", stopBits: 1 } as const;
  const port = await openPtyPort({ line }, (made) => {
    connection = made;
    return {
      bytes(chunk) {
        chunks.push(Buffer.from(chunk));
        length += chunk.length;
        wake();
      },
      drained: () => drained(),
      closed: () => {},
    };
  });
  const device = connection!;
  const transport = await openTransport(parseDeviceAddress(port.address));
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  return {
    transport,
    far: {
      received: () => Buffer.concat(chunks),
      waitFor: async (count) => {
        while (length < count)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      },
      async send(bytes) {
        const done = new Promise<void>((resolve) => {
          drained = resolve;
        });
        device.write(bytes);
        if (device.pendingBytes > 0) await done;
      },
      async hangUp() {
        await pause(LAST_BYTES_MS);
        await port.close();
      },
      unplug: () => port.close(),
    },
    dispose: () => port.close(),
  };
}
