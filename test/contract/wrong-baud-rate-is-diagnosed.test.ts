import { afterEach, describe, expect, it } from "vitest";
import { createMemoryLink, openTransceiver } from "../../drivers/index.ts";
import type { Port, PortConnection } from "../../emulator/ports/port.ts";
import { openPtyPort } from "../../emulator/ports/pty-port.ts";
import { FakeDevice, STATUS } from "./fake-device.ts";

const ports: Port[] = [];
afterEach(async () => {
  for (const port of ports.splice(0)) await port.close();
});

/** A scripted device behind an emulated serial port at 115,200 baud that tells its status all the time. */
async function serialDevice() {
  const [port, device] = createMemoryLink();
  const line = { baud: 115_200, dataBits: 8, parity: "none", stopBits: 1 } as const;
  const made = await openPtyPort({ line }, (connection: PortConnection) => {
    port.bytes$.subscribe((chunk) => connection.write(Uint8Array.from(chunk)));
    return { bytes: (chunk) => void port.write(Uint8Array.from(chunk)), drained() {}, closed() {} };
  });
  ports.push(made);
  return { address: made.address, device: new FakeDevice(device) };
}

describe("a driver on a serial line", () => {
  const options = { openTimeoutMs: 400, session: { timeoutMs: 200, attempts: 1 } };

  it("talks to the device with the right settings", async () => {
    const { address } = await serialDevice();
    const transceiver = await openTransceiver(address, options);
    expect(await transceiver.status()).toEqual(STATUS);
    await transceiver.close();
  });

  it("names the line settings when they are wrong", async () => {
    const { address, device } = await serialDevice();
    const telling = setInterval(() => device.event("status", STATUS), 10);
    const wrong = address.replace("baud=115200", "baud=57600");
    const failure = await openTransceiver(wrong, options).catch((error) => error);
    clearInterval(telling);
    expect(failure).toMatchObject({
      code: "QKD_TRANSPORT_GARBAGE",
      message: expect.stringContaining("baud rate"),
      remedy: expect.stringContaining("baud rate"),
    });
  });
});
