import { connect, createServer, type Socket } from "node:net";
import { firstValueFrom } from "rxjs";
import { expect, it, onTestFinished } from "vitest";
import { openTelemetry, parseTelemetryAddress, type TelemetryUpdate } from "../../drivers/index.ts";
import { emulatedLinkFor } from "../../emulator/testing/index.ts";

async function firstUpdate(address: string): Promise<TelemetryUpdate> {
  const telemetry = openTelemetry(address, { timeoutMs: 300, intervalMs: 50 });
  onTestFinished(() => telemetry.close());
  return firstValueFrom(telemetry.updates$);
}

/** A gateway that passes single bytes, as a slow serial line behind it gives them. */
async function byteByByte(target: string): Promise<string> {
  const { host, port } = parseTelemetryAddress(target) as { host: string; port: number };
  const sockets = new Set<Socket>();
  const gateway = createServer((client) => {
    const device = connect(port, host);
    for (const socket of [client, device]) sockets.add(socket.setNoDelay().on("error", () => {}));
    client.on("data", (chunk) => {
      for (const byte of chunk) device.write(Uint8Array.of(byte));
    });
    device.on("data", (chunk) => {
      for (const byte of chunk) client.write(Uint8Array.of(byte));
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    gateway.close();
    for (const socket of sockets) socket.destroy();
  });
  return target.replace(String(port), String((gateway.address() as { port: number }).port));
}

async function rtuOverTcp(test: Parameters<typeof emulatedLinkFor>[0]): Promise<string> {
  const { addresses } = await emulatedLinkFor(test, {
    clockHz: 1e6,
    listen: { alice: [], bob: ["modbus+rtu+tcp://127.0.0.1:0?unit=3"] },
  });
  const { modbusRtuTcp = "none" } = addresses.bob;
  expect(modbusRtuTcp).toMatch(/^modbus\+rtu\+tcp:\/\/127\.0\.0\.1:\d+\?unit=3$/);
  return modbusRtuTcp;
}

it("telemetry comes as RTU frames in a TCP stream, also in single bytes", async (test) => {
  const address = await rtuOverTcp(test);
  for (const way of [address, await byteByByte(address)])
    expect(await firstUpdate(way)).toMatchObject({
      type: "reading",
      values: { mapVersion: expect.any(Number) },
    });
});

it("another unit behind the gateway does not answer", async (test) => {
  const address = await rtuOverTcp(test);
  expect(await firstUpdate(address.replace("unit=3", "unit=4"))).toMatchObject({
    type: "failed",
    error: { code: "QKD_MODBUS_TIMEOUT" },
  });
});

it("an MBAP header is no RTU frame: who speaks Modbus TCP there gets no answer", async (test) => {
  const address = await rtuOverTcp(test);
  expect(await firstUpdate(address.replace("modbus+rtu+tcp", "modbus+tcp"))).toMatchObject({
    type: "failed",
  });
});
