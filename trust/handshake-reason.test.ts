import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { connect } from "node:tls";
import { expect, it } from "vitest";
import { handshakeReason } from "./handshake-reason.ts";

it("says of a server without TLS that it has none", async () => {
  const server = createServer((socket) => socket.on("error", () => {}).end("QKDL greets nobody\r\n"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const [cause] = (await once(connect({ host: "127.0.0.1", port }), "error")) as [Error];
  server.close();
  expect(handshakeReason(cause)).toBe("what answers there speaks no TLS");
});

it("names what OpenSSL says, and nothing of its source", () => {
  const message =
    "write EPROTO 402D:error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:../deps/openssl/rec.c:916:SSL alert number 40\n";
  expect(handshakeReason(new Error(message))).toBe(
    "the TLS handshake failed, ssl/tls alert handshake failure",
  );
});

it("keeps other sentences, and the code where there is none", () => {
  expect(handshakeReason(new Error("connect ECONNREFUSED 127.0.0.1:1"))).toBe(
    "connect ECONNREFUSED 127.0.0.1:1",
  );
  expect(handshakeReason(Object.assign(new Error(""), { code: "ECONNRESET" }))).toBe("ECONNRESET");
});
