import { connect, type Socket } from "node:net";
import modbus from "modbus-serial";
import { SerialPort } from "serialport";
import { afterEach, describe, expect, it } from "vitest";
import type { ModbusBank } from "./modbus-bank.ts";
import { modbusCrc } from "./modbus-crc.ts";
import { openModbusRtuPort } from "./modbus-rtu-port.ts";
import { listenModbusTcp } from "./modbus-tcp-port.ts";
import type { AcceptConnection } from "./port.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function bank(): ModbusBank & { readonly written: [number, readonly number[]][] } {
  const written: [number, readonly number[]][] = [];
  return {
    written,
    coil: (address) => (address < 4 ? address === 2 : undefined),
    discreteInput: (address) => (address < 4 ? address === 1 : undefined),
    holdingRegister: (address) => (address < 4 ? 100 + address : undefined),
    inputRegister: (address) => (address < 125 ? 1000 + address : undefined),
    writeCoils: () => undefined,
    writeHoldingRegisters: (address, values) => {
      written.push([address, values]);
      return undefined;
    },
    identification: new Map([
      [0, "qkdlink"],
      [1, "EMU"],
      [2, "1.0.0"],
    ]),
  };
}

async function tcp(unit = 1) {
  const port = await listenModbusTcp({ host: "127.0.0.1", port: 0 }, unit, bank());
  cleanups.push(() => port.close());
  return new URL(port.address);
}

async function raw(url: URL): Promise<Socket & { readonly got: number[] }> {
  const socket = connect({ host: url.hostname, port: Number(url.port) });
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  cleanups.push(() => socket.destroy());
  const got: number[] = [];
  socket.on("data", (chunk: Uint8Array) => got.push(...chunk));
  return Object.assign(socket, { got });
}

const until = async (check: () => boolean) => {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 2));
};
const READ_ONE = [0, 7, 0, 0, 0, 6, 1, 4, 0, 5, 0, 1];
const ANSWER_ONE = [0, 7, 0, 0, 0, 5, 1, 4, 2, 0x03, 0xed];

describe("Modbus TCP", () => {
  it("serves a usual client: registers, coils, writes, identification", async () => {
    const url = await tcp();
    const client = new modbus.default();
    await client.connectTCP(url.hostname, { port: Number(url.port) });
    cleanups.push(() => new Promise<void>((resolve) => client.close(() => resolve())));
    client.setID(1);
    expect((await client.readInputRegisters(0, 125)).data.slice(0, 3)).toEqual([1000, 1001, 1002]);
    expect((await client.readCoils(0, 4)).data.slice(0, 4)).toEqual([false, false, true, false]);
    expect((await client.writeRegister(2, 9)).value).toBe(9);
    const { data } = await client.readDeviceIdentification(1, 0);
    expect(Object.values(data)).toEqual(["qkdlink", "EMU", "1.0.0"]);
    await expect(client.readHoldingRegisters(4, 1)).rejects.toMatchObject({ modbusCode: 2 });
  });

  it("answers pipelined requests in order and requests in single bytes", async () => {
    const socket = await raw(await tcp());
    socket.write(Uint8Array.from([...READ_ONE, ...READ_ONE]));
    await until(() => socket.got.length >= 22);
    expect(socket.got).toEqual([...ANSWER_ONE, ...ANSWER_ONE]);
    for (const byte of READ_ONE) socket.write(Uint8Array.of(byte));
    await until(() => socket.got.length >= 33);
    expect(socket.got.slice(22)).toEqual(ANSWER_ONE);
  });

  it("answers other units with exception 11", async () => {
    const socket = await raw(await tcp(3));
    socket.write(Uint8Array.from(READ_ONE));
    await until(() => socket.got.length >= 9);
    expect(socket.got).toEqual([0, 7, 0, 0, 0, 3, 1, 0x84, 11]);
  });

  it.each([
    ["another protocol", [0, 1, 9, 9, 0, 6, 1, 4, 0, 0, 0, 1]],
    ["an oversized length", [0, 1, 0, 0, 0xff, 0xff, 1]],
    ["a length of nothing", [0, 1, 0, 0, 0, 1, 1]],
    ["a web browser", [...new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")]],
  ])("hangs up on %s and serves the next client", async (_name, bytes) => {
    const url = await tcp();
    const bad = await raw(url);
    const closed = new Promise((resolve) => bad.once("close", resolve));
    bad.write(Uint8Array.from(bytes));
    await closed;
    const good = await raw(url);
    good.write(Uint8Array.from(READ_ONE));
    await until(() => good.got.length >= ANSWER_ONE.length);
    expect(good.got).toEqual(ANSWER_ONE);
  });
});

describe("a Modbus TCP connection", () => {
  /** What is served on a connection that says how many bytes its client has not read yet. */
  async function served(pendingBytes: number) {
    const accepts: AcceptConnection[] = [];
    const port = await listenModbusTcp({ host: "127.0.0.1", port: 0 }, 1, bank(), (serve) => {
      accepts.push(serve);
      return serve;
    });
    cleanups.push(() => port.close());
    const did: (number[] | "closed")[] = [];
    const handler = accepts[0]!({
      name: "client",
      kind: "tcp",
      hangUpVisible: true,
      pendingBytes,
      write: (bytes) => void did.push([...bytes]),
      close: () => void did.push("closed"),
    });
    return { did, ask: (bytes: readonly number[]) => handler.bytes(Uint8Array.from(bytes)) };
  }

  it("ends when its client leaves more than a megabyte of answers unread", async () => {
    const [patient, deaf] = [await served(1 << 20), await served((1 << 20) + 1)];
    for (const { ask } of [patient, deaf]) for (let time = 0; time < 2; time++) ask(READ_ONE);
    expect(patient.did).toEqual([ANSWER_ONE, ANSWER_ONE]);
    expect(deaf.did).toEqual([ANSWER_ONE, "closed"]);
  });

  it("answers nothing behind bytes that are no Modbus", async () => {
    const { did, ask } = await served(0);
    ask([0, 1, 9, 9, 0, 6, 1]);
    ask(READ_ONE);
    expect(did).toEqual(["closed"]);
  });
});

async function rtu(parity = "none" as const) {
  const device = bank();
  const line = { baud: 115_200, dataBits: 8, parity, stopBits: 1 } as const;
  const port = await openModbusRtuPort({ line, unit: 5 }, device);
  cleanups.push(() => port.close());
  const path = /^modbus\+rtu:([^?]+)/.exec(port.address)?.[1] ?? "";
  return { device, path, address: port.address };
}

async function serial(path: string) {
  const client = new SerialPort({ path, baudRate: 115_200, autoOpen: false });
  await new Promise<void>((resolve, reject) => client.open((error) => (error ? reject(error) : resolve())));
  cleanups.push(() => new Promise<void>((resolve) => client.close(() => resolve())));
  const got: number[] = [];
  client.on("data", (chunk: Uint8Array) => got.push(...chunk));
  return { got, write: (bytes: readonly number[]) => client.write(Buffer.from(bytes)) };
}

const withCrc = (...bytes: number[]): number[] => {
  const crc = modbusCrc(Uint8Array.from(bytes));
  return [...bytes, crc & 0xff, crc >> 8];
};
const silence = () => new Promise((resolve) => setTimeout(resolve, 80));

describe("Modbus RTU", () => {
  it("serves a usual client", async () => {
    const { path, address } = await rtu();
    expect(address).toMatch(/^modbus\+rtu:\/dev\/pts\/\d+\?baud=115200&unit=5$/);
    const client = new modbus.default();
    await client.connectRTUBuffered(path, { baudRate: 115_200 });
    cleanups.push(() => new Promise<void>((resolve) => client.close(() => resolve())));
    client.setID(5);
    expect((await client.readInputRegisters(3, 2)).data).toEqual([1003, 1004]);
    await client.writeRegisters(1, [4, 5, 6]);
    await expect(client.readInputRegisters(125, 1)).rejects.toMatchObject({ modbusCode: 2 });
  });

  it("carries out hand-made frames and ignores other units and wrong checksums", async () => {
    const { device, path } = await rtu();
    const line = await serial(path);
    line.write(withCrc(9, 6, 0, 1, 0, 1));
    const wrong = withCrc(5, 6, 0, 1, 0, 2);
    wrong[7]! ^= 1;
    line.write(wrong);
    await silence();
    expect([line.got, device.written]).toEqual([[], []]);
    line.write(withCrc(5, 6, 0, 1, 0, 3));
    await until(() => line.got.length >= 8);
    expect(line.got).toEqual(withCrc(5, 6, 0, 1, 0, 3));
    expect(device.written).toEqual([[1, [3]]]);
  });

  it("carries out a broadcast without an answer, and refuses unknown functions", async () => {
    const { device, path } = await rtu();
    const line = await serial(path);
    line.write(withCrc(0, 6, 0, 0, 0, 8));
    await until(() => device.written.length > 0);
    line.write(withCrc(5, 0x41, 1, 2, 3));
    await until(() => line.got.length >= 5);
    expect(line.got).toEqual(withCrc(5, 0xc1, 1));
  });

  it("goes on serving after floods of garbage and half frames", async () => {
    const { path } = await rtu();
    const line = await serial(path);
    line.write(Array.from({ length: 700 }, (_, i) => (i * 91) & 0xff));
    await silence();
    await silence();
    line.write(withCrc(5, 4, 0, 0, 0, 1).slice(0, 4));
    await silence();
    const before = line.got.length;
    line.write(withCrc(5, 4, 0, 0, 0, 1));
    await until(() => line.got.length >= before + 7);
    expect(line.got.slice(before)).toEqual(withCrc(5, 4, 2, 0x03, 0xe8));
  });
});
