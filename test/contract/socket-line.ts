import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { openTransport } from "../../drivers/index.ts";
import { testCertificate } from "./test-certificate.ts";
import type { FarEnd, Line } from "./transport-contract.ts";

/** A TCP or TLS line over the loopback interface. */
export async function socketLine(kind: "tcp" | "tls"): Promise<Line> {
  const server =
    kind === "tcp"
      ? createServer()
      : createTlsServer({ cert: testCertificate.cert, key: testCertificate.key, minVersion: "TLSv1.3" });
  const cable = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const accepted = new Promise<Socket>((resolve) =>
    server.once(kind === "tcp" ? "connection" : "secureConnection", resolve),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the server has no port");
  const transport = await openTransport(
    { kind, host: "127.0.0.1", port: bound.port },
    kind === "tcp" ? {} : { tls: { ca: testCertificate.cert, serverName: "localhost" } },
  );
  const socket = await accepted;
  const raw = await cable;
  return {
    transport,
    far: socketFarEnd(socket, raw),
    async dispose() {
      socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function socketFarEnd(socket: Socket, cable: Socket): FarEnd {
  const chunks: Buffer[] = [];
  let length = 0;
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    socket.emit("counted");
  });
  return {
    received: () => Buffer.concat(chunks),
    waitFor: async (count) => {
      while (length < count) await new Promise((resolve) => socket.once("counted", resolve));
    },
    send: (bytes) =>
      new Promise((resolve, reject) =>
        socket.write(bytes, (error) => (error == null ? resolve() : reject(error))),
      ),
    hangUp: async () => {
      socket.end();
    },
    unplug: async () => {
      cable.resetAndDestroy();
    },
    noticedClose: () => closed,
  };
}
