import { createMemoryLink } from "../../drivers/index.ts";
import type { Line } from "./transport-contract.ts";

/** A line inside the process; `chunkBytes` cuts every write into small chunks. */
export async function memoryLine(chunkBytes?: number): Promise<Line> {
  const [transport, device] = createMemoryLink(chunkBytes === undefined ? {} : { chunkBytes });
  const chunks: Buffer[] = [];
  let length = 0;
  let wake = () => {};
  const closed = new Promise<void>((resolve) => {
    device.bytes$.subscribe({
      next(chunk) {
        chunks.push(Buffer.from(chunk));
        length += chunk.length;
        wake();
      },
      error: () => resolve(),
      complete: () => resolve(),
    });
  });
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
      send: (bytes) => device.write(bytes),
      waitsForReader: true,
      hangUp: () => device.close(),
      unplug: async () => device.unplug(),
      noticedClose: () => closed,
    },
    dispose: () => device.close(),
  };
}
