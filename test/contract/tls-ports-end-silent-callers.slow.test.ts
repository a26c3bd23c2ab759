import { connect } from "node:net";
import { expect, it } from "vitest";
import { listenTls } from "../../emulator/ports/tcp-port.ts";
import { testCertificate } from "./test-certificate.ts";

it("a TLS port of the emulator ends a connection that never begins its handshake", async () => {
  const port = await listenTls({ host: "127.0.0.1", port: 0 }, testCertificate, () => {
    throw new Error("nobody gets so far");
  });
  const socket = connect(Number(new URL(port.address).port), "127.0.0.1").on("error", () => {});
  await new Promise((resolve) => socket.resume().once("close", resolve));
  expect(socket.bytesRead).toBe(0);
  await port.close();
});
