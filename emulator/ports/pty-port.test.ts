import { existsSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SerialPort } from "serialport";
import { afterEach, describe, expect, it } from "vitest";
import type { LineSettings } from "./line-settings.ts";
import type { AcceptConnection, ConnectionHandler, Port, PortConnection } from "./port.ts";
import { openPtyPort } from "./pty-port.ts";
import { receiveAs } from "./uart.ts";

const FAST: LineSettings = { baud: 3_000_000, dataBits: 8, parity: "none", stopBits: 1 };

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A device that echoes, and keeps what it received. */
function echo(): {
  readonly accept: AcceptConnection;
  readonly received: number[];
  connection?: PortConnection;
} {
  const device: { accept: AcceptConnection; received: number[]; connection?: PortConnection } = {
    received: [],
    accept: (connection): ConnectionHandler => {
      device.connection = connection;
      return {
        bytes: (chunk) => {
          device.received.push(...chunk);
          connection.write(chunk.slice());
        },
        drained: () => {},
        closed: () => {},
      };
    },
  };
  return device;
}

async function openLine(line: LineSettings, accept: AcceptConnection, symlink?: string): Promise<Port> {
  const port = await openPtyPort({ line, ...(symlink === undefined ? {} : { symlink }) }, accept);
  cleanups.push(() => port.close());
  return port;
}

async function openClient(port: Port, options: { baudRate?: number; stopBits?: 1 | 2; parity?: "odd" } = {}) {
  const path = /^serial:([^?]+)/.exec(port.address)?.[1] ?? "";
  const client = new SerialPort({ path, baudRate: 3_000_000, ...options, autoOpen: false });
  await new Promise<void>((resolve, reject) => client.open((error) => (error ? reject(error) : resolve())));
  const received: number[] = [];
  let wake = (): void => {};
  client.on("data", (chunk: Uint8Array) => {
    received.push(...chunk);
    wake();
  });
  client.on("error", () => {});
  cleanups.push(() => new Promise<void>((resolve) => client.close(() => resolve())));
  return {
    received,
    write: (bytes: Uint8Array) => client.write(Buffer.from(bytes)),
    until: async (count: number) => {
      while (received.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

describe("an emulated serial port", () => {
  it("carries every byte value both ways, unchanged and in order", async () => {
    const device = echo();
    const client = await openClient(await openLine(FAST, device.accept));
    const sent = pattern(60_000);
    client.write(sent);
    await client.until(sent.length);
    expect(Uint8Array.from(client.received)).toEqual(sent);
    expect(Uint8Array.from(device.received)).toEqual(sent);
  });

  it("serves one client after the other", async () => {
    const port = await openLine(FAST, echo().accept);
    for (let round = 0; round < 3; round++) {
      const client = await openClient(port);
      client.write(Uint8Array.of(1, 2, round));
      await client.until(3);
      expect(client.received).toEqual([1, 2, round]);
      await cleanups.pop()?.();
    }
  });

  it("takes no less time than its speed demands", async () => {
    const device = echo();
    const client = await openClient(await openLine({ ...FAST, baud: 9600 }, device.accept), {
      baudRate: 9600,
    });
    const begun = performance.now();
    device.connection?.write(pattern(96));
    await client.until(96);
    // 96 characters of ten bits at 9600 baud: no scheduler can make them arrive early.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(99);
  });

  it("gives a client at the wrong speed what its UART would make of the waveform", async () => {
    const device = echo();
    const client = await openClient(await openLine({ ...FAST, baud: 115_200 }, device.accept), {
      baudRate: 57_600,
    });
    const sent = pattern(40);
    const heard = receiveAs(sent, { ...FAST, baud: 57_600 }, { ...FAST, baud: 115_200 }, "drop");
    expect(heard.length).toBeGreaterThan(20);
    client.write(sent);
    while (device.received.length < heard.length / 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(device.received).not.toEqual([...sent.subarray(0, device.received.length)]);
  });

  it("drops what a client of the wrong parity sends, where the parity bit breaks the framing", async () => {
    const device = echo();
    const client = await openClient(await openLine(FAST, device.accept), { parity: "odd" });
    // Letters with an odd number of ones have parity bit 0, which a line without parity takes for a bad stop bit.
    client.write(new TextEncoder().encode("CCCCA"));
    while (device.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(device.received).toEqual([0x41]);
  });

  it("loses what nobody reads and goes on serving", async () => {
    const device = echo();
    const port = await openLine(FAST, device.accept);
    device.connection?.write(new Uint8Array(600_000));
    while ((device.connection?.pendingBytes ?? 0) > 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const client = await openClient(port);
    client.write(Uint8Array.of(0xab));
    while (client.received.at(-1) !== 0xab) await client.until(client.received.length + 1);
    expect(client.received.length).toBeLessThan(600_000);
  });

  it("makes a stable name, replaces an old link and removes its own", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pty-"));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const name = join(folder, "alice");
    const first = await openLine(FAST, echo().accept, name);
    const second = await openLine(FAST, echo().accept, name);
    expect(second.address).toBe(`serial:${name}?baud=3000000`);
    const client = await openClient(second);
    client.write(Uint8Array.of(7));
    await client.until(1);
    await first.close();
    expect(lstatSync(name).isSymbolicLink()).toBe(true);
    await second.close();
    expect(existsSync(name)).toBe(false);
  });

  it("never replaces a file by its link", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pty-"));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const name = join(folder, "precious");
    writeFileSync(name, "data");
    await expect(openPtyPort({ line: FAST, symlink: name }, echo().accept)).rejects.toMatchObject({
      code: "QKD_EMULATOR_PORT",
    });
    expect(lstatSync(name).isFile()).toBe(true);
  });
});
