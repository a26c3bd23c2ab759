import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { expect, it, type TestContext } from "vitest";
import { QkdLinkContainer } from "../../emulator/container/index.ts";
import { describeWithDocker } from "./engine/describe-with-docker.ts";
import { framesSoFar, matchedFrames, readingOf, takeKeys } from "./key-taker.ts";
import { startedFor } from "./started-for.ts";

describeWithDocker("a container under attack from the host", (image) => {
  /** A raw connection that ends with the test; its own errors are of no interest. */
  function intrude(test: TestContext, address: string): Socket {
    const { hostname, port } = new URL(address.replace(/^[^:]+/, "http"));
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {}).resume();
    test.onTestFinished(() => void socket.destroy());
    return socket;
  }

  it("goes on serving its drivers", async (test) => {
    const started = await startedFor(test, new QkdLinkContainer(image).withClockHz(2e7));
    const { alice, bob, control } = started.addresses;
    const link = await takeKeys(test, started.addresses);
    await matchedFrames(link, 2);
    for (const address of [alice.tcp, bob.tcp, alice.modbusTcp, bob.modbusTcp, control]) {
      // Noise; a connection that says nothing; one that is gone at once.
      intrude(test, address).write(randomBytes(65_536));
      intrude(test, address);
      intrude(test, address).resetAndDestroy();
    }
    // A Modbus header that promises more than Modbus has, and HTTP that never ends.
    intrude(test, bob.modbusTcp).write(Uint8Array.of(0, 1, 0, 0, 0xff, 0xff, 1, 4, 0, 0, 0, 1));
    intrude(test, control).write("POST /fault HTTP/1.1\r\ncontent-length: 999999999\r\n\r\n{");
    const answers = await Promise.all([
      fetch(`${control}/fault`, { method: "POST", body: "x".repeat(1_000_000) }).then(
        ({ status }) => status,
        () => 400,
      ),
      fetch(`${control}/fault`, { method: "POST", body: '{"type":"__proto__"}' }).then(
        ({ status }) => status,
      ),
      fetch(`${control}/fault`, { method: "POST", body: "[]" }).then(({ status }) => status),
      fetch(`${control}/../../etc/passwd`).then(({ status }) => status),
      fetch(`${control}/state`, { method: "DELETE" }).then(({ status }) => status),
    ]);
    expect(answers).toEqual([400, 400, 400, 404, 404]);
    const before = framesSoFar(link);
    for (const [a, b] of await matchedFrames(link, 5, before))
      expect(Buffer.compare(a.gateDigest, b.gateDigest)).toBe(0);
    await readingOf(link.bob);
    expect(link.bob.states).toEqual(["online"]);
    expect((await started.state()).bob.state).not.toBe("error");
  });
});
