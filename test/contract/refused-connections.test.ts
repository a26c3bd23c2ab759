import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { openTransport, parseDeviceAddress } from "../../drivers/index.ts";
import { ptyLine } from "./pty-line.ts";
import { makeTestCertificate, testCertificate } from "./test-certificate.ts";

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on("connection", (socket) => sockets.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the server has no port");
  return bound.port;
}

const tlsServer = (extra: object = {}) =>
  createTlsServer({ cert: testCertificate.cert, key: testCertificate.key, ...extra }).on(
    "tlsClientError",
    () => {},
  );
const at = (kind: "tcp" | "tls", port: number) => ({ kind, host: "127.0.0.1", port });

describe("a connection that cannot be", () => {
  it("to a port where nobody listens is QKD_TRANSPORT_OPEN and worth another try", async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    for (const kind of ["tcp", "tls"] as const)
      await expect(openTransport(at(kind, port))).rejects.toMatchObject({
        code: "QKD_TRANSPORT_OPEN",
        retryable: true,
        context: { reason: "ECONNREFUSED", address: `${kind}://127.0.0.1:${port}` },
      });
  });

  it("to a device that knows no TLS 1.3 is QKD_TRANSPORT_TLS", async () => {
    const port = await listen(tlsServer({ maxVersion: "TLSv1.2" }));
    const ca = testCertificate.cert;
    await expect(
      openTransport(at("tls", port), { tls: { ca, serverName: "localhost" } }),
    ).rejects.toMatchObject({ code: "QKD_TRANSPORT_TLS" });
  });

  it("to a serial port that does not exist is QKD_TRANSPORT_OPEN", async () => {
    await expect(
      openTransport({
        kind: "serial",
        path: "/dev/no-such-port",
        baud: 9600,
        parity: "none",
        dataBits: 8,
        stopBits: 1,
      }),
    ).rejects.toMatchObject({ code: "QKD_TRANSPORT_OPEN", retryable: true });
  });

  it("to a device whose certificate nobody vouches for is QKD_TRANSPORT_TLS", async () => {
    const port = await listen(tlsServer());
    const stranger = await makeTestCertificate();
    for (const tls of [{}, { ca: stranger.cert, serverName: "localhost" }])
      await expect(openTransport(at("tls", port), { tls })).rejects.toMatchObject({
        code: "QKD_TRANSPORT_TLS",
        retryable: false,
      });
  });

  it("to a device with another name in its certificate is QKD_TRANSPORT_TLS", async () => {
    const port = await listen(tlsServer());
    const tls = { ca: testCertificate.cert, serverName: "bob.example" };
    await expect(openTransport(at("tls", port), { tls })).rejects.toMatchObject({
      code: "QKD_TRANSPORT_TLS",
    });
  });

  it("to a device that wants our certificate fails its bytes with QKD_TRANSPORT_TLS", async () => {
    const port = await listen(
      tlsServer({ requestCert: true, rejectUnauthorized: true, ca: testCertificate.cert }),
    );
    const tls = { ca: testCertificate.cert };
    const failure = await openTransport(at("tls", port), { tls }).then(
      (transport) => new Promise<unknown>((resolve) => transport.bytes$.subscribe({ error: resolve })),
      (error) => error,
    );
    expect(failure).toMatchObject({ code: "QKD_TRANSPORT_TLS" });
  });

  it("with a key that is no PEM is QKD_TRANSPORT_TLS", async () => {
    const tls = { ca: testCertificate.cert, cert: testCertificate.cert, key: "not a key" };
    await expect(openTransport(at("tls", 1), { tls })).rejects.toMatchObject({ code: "QKD_TRANSPORT_TLS" });
  });

  it("to a device that does not speak TLS is refused with a TransportError", async () => {
    const port = await listen(createServer((socket) => socket.end("QKDL, no TLS here")));
    await expect(openTransport(at("tls", port))).rejects.toMatchObject({ name: "TransportError" });
  });

  it("to a device that stays silent during the handshake ends with the time limit", async () => {
    const port = await listen(createServer());
    await expect(openTransport(at("tls", port), { connectTimeoutMs: 50 })).rejects.toMatchObject({
      code: "QKD_TRANSPORT_OPEN",
      context: { reason: "no answer within 50 ms" },
    });
  });

  it("is given up when the caller aborts, before or during the attempt", async () => {
    const port = await listen(createServer());
    await expect(openTransport(at("tls", port), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "QKD_TRANSPORT_CLOSED",
    });
    const abort = new AbortController();
    const opening = openTransport(at("tls", port), { signal: abort.signal });
    abort.abort();
    await expect(opening).rejects.toMatchObject({ code: "QKD_TRANSPORT_CLOSED" });
  });
});

describe("a serial port in use", () => {
  it("is QKD_TRANSPORT_OPEN", async () => {
    const line = await ptyLine();
    await expect(openTransport(parseDeviceAddress(line.transport.name))).rejects.toMatchObject({
      code: "QKD_TRANSPORT_OPEN",
      retryable: true,
    });
    await line.transport.close();
    const again = await openTransport(parseDeviceAddress(line.transport.name));
    await again.close();
    await line.dispose();
  });
});
