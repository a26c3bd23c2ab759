import { connect, createServer, type Socket } from "node:net";

/** A line in the middle of a TCP connection that keeps what the device sends. */
export interface WireTap {
  /** Where the driver connects. */
  readonly address: string;
  /** Every byte that came from the device. */
  fromDevice(): Buffer;
  close(): Promise<void>;
}

/** Listens on a port of its own and passes everything on to `address` (`tcp://host:port`). */
export async function tapWire(address: string): Promise<WireTap> {
  const { hostname, port } = new URL(address);
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((driver) => {
    const device = connect({ host: hostname, port: Number(port), noDelay: true });
    for (const socket of [driver, device]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    device.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      driver.write(chunk);
    });
    driver.on("data", (chunk: Buffer) => void device.write(chunk));
    driver.on("close", () => device.destroy());
    device.on("close", () => driver.destroy());
  });
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen(0, "127.0.0.1", () => resolve()),
  );
  const bound = server.address();
  const own = typeof bound === "object" && bound !== null ? bound.port : 0;
  return {
    address: `tcp://127.0.0.1:${own}`,
    fromDevice: () => Buffer.concat(chunks),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
