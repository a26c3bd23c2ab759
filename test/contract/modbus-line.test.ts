import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ScriptedSlave, scriptedModbus, UNIT } from "./scripted-modbus.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Answers every read of registers with address, address + 1, ... */
function registers(slave: ScriptedSlave): void {
  slave.onRequest = (request) => {
    const start = (request[2]! << 8) | request[3]!;
    const count = (request[4]! << 8) | request[5]!;
    const words = Array.from({ length: count }, (_, index) => [(start + index) >> 8, (start + index) & 0xff]);
    return [request[0]!, request[1]!, 2 * count, ...words.flat()];
  };
}

describe.each(["rtu", "tcp"] as const)("a Modbus line (%s)", (framing) => {
  it("reads registers and bits, writes coils and registers", async () => {
    const slave = scriptedModbus(framing);
    registers(slave);
    expect(await slave.line.readInputRegisters(258, 3)).toEqual([258, 259, 260]);
    expect(await slave.line.readHoldingRegisters(7, 1)).toEqual([7]);
    slave.onRequest = ([unit, fc]) => [unit!, fc!, 2, 0b0000_0101, 0b10];
    expect(await slave.line.readDiscreteInputs(0, 10)).toEqual([
      true,
      false,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
    slave.onRequest = (request) => [...request.subarray(0, 6)];
    await slave.line.writeCoil(1, true);
    await slave.line.writeRegisters(0, [60, 1_000]);
    expect(slave.requests.map((request) => [...request])).toEqual([
      [UNIT, 4, 1, 2, 0, 3],
      [UNIT, 3, 0, 7, 0, 1],
      [UNIT, 2, 0, 0, 0, 10],
      [UNIT, 5, 0, 1, 0xff, 0],
      [UNIT, 16, 0, 0, 0, 2, 4, 0, 60, 3, 232],
    ]);
  });

  it("keeps one transaction in flight, however many are asked for", async () => {
    const slave = scriptedModbus(framing);
    const reads = [1, 2, 3].map((address) => slave.line.readInputRegisters(address, 1));
    await pass(1);
    expect(slave.requests).toHaveLength(1);
    slave.send(slave.frame([UNIT, 4, 2, 0, 11]));
    await pass(1);
    expect(slave.requests).toHaveLength(2);
    slave.send(slave.frame([UNIT, 4, 2, 0, 12]));
    await pass(1);
    slave.send(slave.frame([UNIT, 4, 2, 0, 13]));
    expect(await Promise.all(reads)).toEqual([[11], [12], [13]]);
  });

  it("refuses more transactions than it lets wait", async () => {
    const slave = scriptedModbus(framing);
    const reads = Array.from({ length: 33 }, () =>
      slave.line.readInputRegisters(0, 1).catch((error) => error.code),
    );
    expect(await reads[32]).toBe("QKD_REQUEST_WINDOW");
    await slave.line.close();
    expect(new Set(await Promise.all(reads.slice(0, 32)))).toEqual(new Set(["QKD_TRANSPORT_CLOSED"]));
  });

  it.each([
    [2, false],
    [6, true],
  ])("turns exception %i into QKD_MODBUS_EXCEPTION (retryable: %s)", async (exception, retryable) => {
    const slave = scriptedModbus(framing);
    slave.onRequest = ([unit, fc]) => [unit!, fc! | 0x80, exception];
    await expect(slave.line.readInputRegisters(0, 1)).rejects.toMatchObject({
      code: "QKD_MODBUS_EXCEPTION",
      retryable,
      context: { exception },
    });
  });

  it("says timeout when nothing came and garbage when nonsense came", async () => {
    const slave = scriptedModbus(framing);
    const silence = expect(slave.line.readInputRegisters(0, 1)).rejects.toMatchObject({
      code: "QKD_MODBUS_TIMEOUT",
    });
    await pass(200);
    await silence;
    const nonsense = expect(slave.line.readInputRegisters(0, 1)).rejects.toMatchObject({
      code: "QKD_MODBUS_GARBAGE",
    });
    await pass(10);
    slave.send(Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 0x00, 0x11, 0x22, 0x33));
    await pass(400);
    await nonsense;
  });

  it("refuses replies of another length than asked for", async () => {
    const slave = scriptedModbus(framing);
    slave.onRequest = () => [UNIT, 4, 2, 0, 1];
    const short = expect(slave.line.readInputRegisters(0, 2)).rejects.toMatchObject({
      code: "QKD_MODBUS_GARBAGE",
    });
    await pass(400);
    await short;
    slave.onRequest = () => [UNIT, 2, 1, 0];
    const bits = expect(slave.line.readDiscreteInputs(0, 9)).rejects.toMatchObject({
      code: "QKD_MODBUS_GARBAGE",
    });
    await pass(400);
    await bits;
  });

  it("does not listen to another unit", async () => {
    const slave = scriptedModbus(framing);
    slave.onRequest = () => [UNIT + 1, 4, 2, 0, 1];
    const read = expect(slave.line.readInputRegisters(0, 1)).rejects.toMatchObject({
      code: "QKD_MODBUS_GARBAGE",
    });
    await pass(400);
    await read;
  });

  it("does not take a late reply for the answer to the next request", async () => {
    const slave = scriptedModbus(framing);
    const first = expect(slave.line.readInputRegisters(100, 1)).rejects.toMatchObject({
      code: "QKD_MODBUS_TIMEOUT",
    });
    await pass(110);
    const second = slave.line.readInputRegisters(200, 1);
    // Late, for the first request: in the quiet period of a serial line, or under the old number of a socket.
    slave.send(slave.frame([UNIT, 4, 2, 0, 100], slave.transactions[0]));
    await pass(60);
    await first;
    expect(slave.requests).toHaveLength(2);
    slave.send(slave.frame([UNIT, 4, 2, 0, 200]));
    expect(await second).toEqual([200]);
  });

  it("gathers a reply from single bytes", async () => {
    const slave = scriptedModbus(framing);
    const read = slave.line.readInputRegisters(0, 2);
    await pass(1);
    for (const byte of slave.frame([UNIT, 4, 4, 1, 2, 3, 4])) {
      slave.send(Uint8Array.of(byte));
      await pass(1);
    }
    expect(await read).toEqual([0x0102, 0x0304]);
  });

  it("reads an identification that comes in pieces", async () => {
    const slave = scriptedModbus(framing);
    const text = (value: string) => [...Buffer.from(value)];
    slave.onRequest = ([unit, , , , object]) =>
      object === 0
        ? [unit!, 43, 14, 3, 0x83, 0xff, 0x80, 2, 0, 4, ...text("Test"), 1, 0]
        : [unit!, 43, 14, 3, 0x83, 0, 0, 1, 0x80, 4, ...text("0001")];
    expect(Object.fromEntries(await slave.line.readIdentification())).toEqual({
      0: "Test",
      1: "",
      128: "0001",
    });
    expect(slave.requests.map((request) => request[4])).toEqual([0, 0x80]);
  });

  it("fails, and does not crash, when the second piece of an identification is missing", async () => {
    const slave = scriptedModbus(framing);
    slave.onRequest = ([unit, , , , object]) =>
      object === 0 ? [unit!, 43, 14, 3, 0x83, 0xff, 0x80, 1, 0, 1, 65] : undefined;
    const read = expect(slave.line.readIdentification()).rejects.toMatchObject({
      code: "QKD_MODBUS_TIMEOUT",
    });
    await pass(400);
    await read;
  });

  it("does not follow an identification in circles", async () => {
    const slave = scriptedModbus(framing);
    slave.onRequest = ([unit]) => [unit!, 43, 14, 3, 0x83, 0xff, 0, 1, 0, 1, 65];
    await expect(slave.line.readIdentification()).rejects.toMatchObject({ code: "QKD_MODBUS_GARBAGE" });
  });

  it("rejects what waits when the line is unplugged, and everything after", async () => {
    const slave = scriptedModbus(framing);
    const reads = [slave.line.readInputRegisters(0, 1), slave.line.readInputRegisters(0, 1)].map((read) =>
      read.catch((error) => error.code),
    );
    await pass(1);
    slave.cable.unplug();
    expect(await Promise.all(reads)).toEqual(["QKD_TRANSPORT_CLOSED", "QKD_TRANSPORT_CLOSED"]);
    await expect(slave.line.readCoils(0, 1)).rejects.toMatchObject({ code: "QKD_TRANSPORT_CLOSED" });
    expect((await slave.line.closed).code).toBe("QKD_TRANSPORT_CLOSED");
    await slave.line.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a Modbus line on a serial line", () => {
  it("passes over noise and a damaged frame before the reply", async () => {
    const slave = scriptedModbus("rtu");
    const read = slave.line.readInputRegisters(0, 1);
    await pass(1);
    const damaged = slave.frame([UNIT, 4, 2, 0, 66]);
    damaged[4]! ^= 1;
    slave.send(Uint8Array.of(0, 255, UNIT, 3, ...damaged, ...slave.frame([UNIT, 4, 2, 0, 77])));
    expect(await read).toEqual([77]);
  });

  it("leaves a gap between a reply and the next request", async () => {
    const slave = scriptedModbus("rtu", { gapMs: 4 });
    registers(slave);
    const reads = Promise.all([slave.line.readInputRegisters(1, 1), slave.line.readInputRegisters(2, 1)]);
    await pass(3);
    expect(slave.requests).toHaveLength(1);
    await pass(2);
    expect(await reads).toEqual([[1], [2]]);
  });

  it("keeps quiet while bytes keep coming after a failure", async () => {
    const slave = scriptedModbus("rtu");
    const first = slave.line.readInputRegisters(0, 1).catch((error) => error.code);
    await pass(101);
    void slave.line.readInputRegisters(0, 1).catch(() => {});
    for (let index = 0; index < 5; index++) {
      slave.send(Uint8Array.of(index));
      await pass(40);
      expect(slave.requests).toHaveLength(1);
    }
    await pass(60);
    expect(slave.requests).toHaveLength(2);
    expect(await first).toBe("QKD_MODBUS_TIMEOUT");
    await slave.line.close();
  });
});

describe("a Modbus line on a socket", () => {
  it("dies when the other end speaks something else", async () => {
    const slave = scriptedModbus("tcp");
    const read = slave.line.readInputRegisters(0, 1).catch((error) => error.code);
    await pass(1);
    slave.send(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n"));
    expect(await read).toBe("QKD_MODBUS_GARBAGE");
    expect((await slave.line.closed).code).toBe("QKD_MODBUS_GARBAGE");
  });
});
