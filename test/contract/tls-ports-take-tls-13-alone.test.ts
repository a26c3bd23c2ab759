import { connect as connectTls } from "node:tls";
import { expect, it } from "vitest";
import { listenTls } from "../../emulator/ports/tcp-port.ts";
import { testCertificate } from "./test-certificate.ts";

it("a TLS port of the emulator takes TLS 1.3 alone", async () => {
  const port = await listenTls({ host: "127.0.0.1", port: 0 }, testCertificate, () => ({
    bytes: () => {},
    drained: () => {},
    closed: () => {},
  }));
  const outcomeOf = (maxVersion: "TLSv1.2" | "TLSv1.3") =>
    new Promise<string | null>((resolve) => {
      const ca = testCertificate.cert;
      const target = { host: "127.0.0.1", port: Number(new URL(port.address).port) };
      const socket = connectTls({ ...target, ca, maxVersion }, () => {
        resolve(socket.getProtocol());
        socket.destroy();
      }).on("error", () => resolve("refused"));
    });
  expect(await outcomeOf("TLSv1.3")).toBe("TLSv1.3");
  expect(await outcomeOf("TLSv1.2")).toBe("refused");
  await port.close();
});
