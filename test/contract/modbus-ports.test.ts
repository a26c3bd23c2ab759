import { afterEach, describe, expect, it } from "vitest";
import { openTelemetry, type Telemetry } from "../../drivers/index.ts";
import type { ModbusBank } from "../../emulator/ports/modbus-bank.ts";
import { openModbusRtuPort } from "../../emulator/ports/modbus-rtu-port.ts";
import { listenModbusTcp } from "../../emulator/ports/modbus-tcp-port.ts";
import type { Port } from "../../emulator/ports/port.ts";
import { encodeInputRegisters } from "../../protocol/index.ts";

const open: (Port | Telemetry)[] = [];
afterEach(async () => {
  for (const made of open.splice(0).reverse()) await made.close();
});

/** Registers of a device with a warm housing, and what was written to them. */
function bank(serial = "0001"): ModbusBank & { readonly written: unknown[] } {
  const image = encodeInputRegisters({ uptimeS: 4_000_000_000, internalTemperatureC: 43.5, gain: 0.0125 });
  const written: unknown[] = [];
  return {
    written,
    coil: (address) => (address < 2 ? false : undefined),
    discreteInput: (address) => (address < 128 ? address === 11 || address === 64 + 48 : undefined),
    holdingRegister: (address) => (address < 2 ? 0 : undefined),
    inputRegister: (address) => image[address],
    writeCoils: (address, values) => void written.push(["coils", address, [...values]]),
    writeHoldingRegisters: (address, values) => void written.push(["registers", address, [...values]]),
    identification: new Map([
      [0, "Test works"],
      [1, "QRX-1"],
      [2, "1.0"],
      [0x80, serial],
    ]),
  };
}

const PORTS = {
  "Modbus TCP": (made: ModbusBank) => listenModbusTcp({ host: "127.0.0.1", port: 0 }, 3, made),
  "Modbus RTU over a pseudo-terminal": (made: ModbusBank) =>
    openModbusRtuPort({ line: { baud: 115_200, dataBits: 8, parity: "none", stopBits: 1 }, unit: 3 }, made),
};

describe.each(Object.entries(PORTS))("telemetry over %s", (_name, makePort) => {
  async function world(made: ModbusBank, options = {}) {
    const port = await makePort(made);
    const telemetry = openTelemetry(port.address, { intervalMs: 10, ...options });
    open.push(port, telemetry);
    return { port, telemetry };
  }

  it("reads the whole register map in quantities, with the alarms", async () => {
    const { telemetry } = await world(bank());
    const reading = await telemetry.read();
    expect(reading.values).toMatchObject({
      uptimeS: 4_000_000_000,
      internalTemperatureC: 43.5,
      gain: expect.closeTo(0.0125, 6),
      laserBiasMa: null,
    });
    expect([...reading.operatingAlarms]).toEqual([11]);
    expect([...reading.absoluteAlarms]).toEqual([48]);
  });

  it("polls while somebody is subscribed and no longer", async () => {
    let reads = 0;
    const counting = { ...bank(), discreteInput: (address: number) => (address === 0 ? ++reads > 0 : false) };
    const { telemetry } = await world(counting, { intervalMs: 1 });
    await new Promise<void>((resolve) => {
      let updates = 0;
      const subscription = telemetry.updates$.subscribe((update) => {
        expect(update.type).toBe("reading");
        if (++updates < 3) return;
        subscription.unsubscribe();
        resolve();
      });
    });
    const before = reads;
    // Each takes two transactions: time for many rounds, of which one may have been under way.
    const own = 40;
    for (let read = 0; read < own; read++) await telemetry.read();
    expect(reads).toBeGreaterThanOrEqual(before + own);
    expect(reads).toBeLessThanOrEqual(before + own + 1);
  });

  it("identifies the device and works its controls", async () => {
    const made = bank();
    const { telemetry } = await world(made);
    expect(await telemetry.identification()).toEqual({
      vendorName: "Test works",
      productCode: "QRX-1",
      majorMinorRevision: "1.0",
      serialNumber: "0001",
    });
    await telemetry.resetAlarmLatch();
    await telemetry.identifyLed(30);
    expect(made.written).toEqual([
      ["coils", 0, [true]],
      ["registers", 0, [30]],
    ]);
    await expect(telemetry.identifyLed(-1)).rejects.toMatchObject({ code: "QKD_DEVICE_BAD_PARAMETER" });
  });

  it("refuses the telemetry of another device", async () => {
    const { telemetry } = await world(bank("0002"), { expectedSerial: "0001" });
    await expect(telemetry.read()).rejects.toMatchObject({
      code: "QKD_DEVICE_IDENTITY",
      context: { expected: "0001", found: "0002" },
    });
  });

  it("tells a failure as a value, and reads on when it is over", async () => {
    const made = bank();
    let broken = true;
    const flaky: ModbusBank = {
      ...made,
      inputRegister: (address) => (broken ? undefined : made.inputRegister(address)),
    };
    const { telemetry } = await world(flaky);
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      const subscription = telemetry.updates$.subscribe((update) => {
        seen.push(update.type === "failed" ? update.error.code : update.type);
        broken = false;
        if (update.type !== "reading") return;
        subscription.unsubscribe();
        resolve();
      });
    });
    expect(seen).toEqual(["QKD_MODBUS_EXCEPTION", "reading"]);
  });

  it("keeps its line while the device answers with exceptions", async () => {
    let broken = true;
    const made = bank();
    const flaky: ModbusBank = {
      ...made,
      discreteInput: (address) => (broken ? undefined : made.discreteInput(address)),
    };
    const { telemetry } = await world(flaky, { expectedSerial: "0001" });
    let identified = 0;
    const identification = made.identification;
    Object.defineProperty(flaky, "identification", {
      get: () => {
        identified += 1;
        return identification;
      },
    });
    await new Promise<void>((resolve) => {
      let failures = 0;
      const subscription = telemetry.updates$.subscribe(({ type }) => {
        if (type === "failed" && ++failures === 4) broken = false;
        if (type !== "reading") return;
        subscription.unsubscribe();
        resolve();
      });
    });
    expect(identified).toBe(1);
  });

  it("ends with close, for good", async () => {
    const { telemetry } = await world(bank());
    const ended = new Promise<void>((resolve) => telemetry.updates$.subscribe({ complete: resolve }));
    await telemetry.read();
    await telemetry.close();
    await ended;
    await expect(telemetry.read()).rejects.toMatchObject({ code: "QKD_TRANSPORT_CLOSED" });
    await telemetry.close();
  });
});

describe("telemetry over Modbus TCP", () => {
  it("finds a device again that was away", async () => {
    const first = await listenModbusTcp({ host: "127.0.0.1", port: 0 }, 1, bank());
    const telemetry = openTelemetry(first.address, { intervalMs: 10, timeoutMs: 200 });
    open.push(telemetry);
    await telemetry.read();
    await first.close();
    await expect(telemetry.read()).rejects.toMatchObject({ name: "TransportError", retryable: true });
    const port = Number(/:(\d+)\?/.exec(first.address)?.[1]);
    open.push(await listenModbusTcp({ host: "127.0.0.1", port }, 1, bank()));
    expect((await telemetry.read()).values.internalTemperatureC).toBe(43.5);
  });
});
