import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";
import {
  ALARM_BITS,
  decodeInputRegisters,
  INPUT_REGISTER_COUNT,
  INPUT_REGISTERS,
  PARAMETERS,
  type RegisterName,
  registerWords,
} from "../../protocol/index.ts";
import { RawModbus, two } from "./raw-modbus.ts";
import { TestClient } from "./test-client.ts";

/** Section 9 of protocol/SPEC.md, against both emulated devices through bare Modbus; the title names the clause. */
let link: EmulatedLink;
let alice: RawModbus;
let bob: RawModbus;
const clients: TestClient[] = [];
beforeAll(async () => {
  const listen = ["tcp://127.0.0.1:0", "modbus+tcp://127.0.0.1:0"];
  link = await startEmulatedLink({
    speed: "manual",
    clockHz: 1e7,
    lossDb: 5,
    listen: { alice: listen, bob: listen },
  });
  await link.advance(1000);
  alice = await RawModbus.tcp(link.addresses.alice.modbusTcp);
  bob = await RawModbus.tcp(link.addresses.bob.modbusTcp);
});
afterEach(() => {
  for (const one of clients.splice(0)) one.close();
});
afterAll(async () => {
  alice.close();
  bob.close();
  await link.stop();
});

async function session(site: "alice" | "bob"): Promise<TestClient> {
  const client = await TestClient.tcp(link.addresses[site].tcp);
  clients.push(client);
  return client;
}

const registers = async (device: RawModbus) =>
  decodeInputRegisters(await device.words(4, 0, INPUT_REGISTER_COUNT));

describe("section 4.6: leases", () => {
  it("under a lease every write is answered with exception 6, but for the identify LED", async () => {
    const client = await session("bob");
    await client.call("lease", { holder: "ann", seconds: 60, ending: "restore" });
    expect(await bob.pdu([5, 0, 0, 0xff, 0])).toEqual([0x85, 6]);
    expect(await bob.pdu([6, 0, 1, ...two(500)])).toEqual([0x86, 6]);
    expect(await bob.pdu([6, 0, 0, ...two(0)])).toEqual([6, 0, 0, 0, 0]);
    await client.call("lease", { holder: "ann", seconds: 0, ending: "restore" });
    expect((await bob.pdu([5, 0, 0, 0xff, 0]))[0]).toBe(5);
  });
});

describe("section 9.1: lines and functions", () => {
  it("the unit is 1 by default, 0 and 255 name the device too, and another is answered with exception 11", async () => {
    expect(new URL(link.addresses.bob.modbusTcp ?? "").search).toBe("?unit=1");
    const asked = [4, 0, 0, 0, 1];
    for (const unit of [1, 0, 255]) expect((await bob.pdu(asked, unit)).slice(0, 2)).toEqual([4, 2]);
    expect(await bob.pdu(asked, 2)).toEqual([0x84, 11]);
  });

  it("other functions are answered with exception 1", async () => {
    const served = [1, 2, 3, 4, 5, 6, 15, 16, 43];
    for (let code = 1; code < 128; code++)
      if (!served.includes(code))
        expect([code, await bob.pdu([code, 0, 0, 0, 1])]).toEqual([code, [code | 0x80, 1]]);
    expect(await bob.pdu([43, 13, 1, 0])).toEqual([0xab, 1]);
  });

  it.each([
    ["a coil", [1, 0, 2, 0, 1]],
    ["coils", [1, 0, 0, 0, 3]],
    ["a discrete input", [2, 0, 128, 0, 1]],
    ["discrete inputs", [2, 0, 0, 0, 129]],
    ["a holding register", [3, 0, 2, 0, 1]],
    ["holding registers", [3, 0, 0, 0, 3]],
    ["an input register", [4, ...two(INPUT_REGISTER_COUNT), 0, 1]],
    ["input registers", [4, 0, 1, ...two(INPUT_REGISTER_COUNT)]],
    ["the last address and one more", [4, 0xff, 0xff, 0, 2]],
    ["a coil that is written", [5, 0, 2, 0xff, 0]],
    ["a register that is written", [6, 0, 2, 0, 1]],
    ["coils that are written", [15, 0, 1, 0, 2, 1, 3]],
    ["registers that are written", [16, 0, 1, 0, 2, 4, 1, 0, 1, 0]],
    ["an identification object", [43, 14, 4, 0x06]],
  ] as const)("%s outside of the map is answered with exception 2", async (_what, request) => {
    expect(await bob.pdu(request)).toEqual([request[0] | 0x80, 2]);
  });

  it.each([
    ["a blinking longer than an hour", [6, 0, 0, ...two(3601)]],
    ["a status interval below the least", [6, 0, 1, 0, 99]],
    ["a status interval above the greatest", [6, 0, 1, ...two(60_001)]],
    ["two registers, one of them out of range", [16, 0, 0, 0, 2, 4, 0, 9, 0, 99]],
    ["a coil that is neither on nor off", [5, 0, 1, 0, 1]],
    ["no registers", [4, 0, 0, 0, 0]],
    ["more registers than an answer holds", [4, 0, 0, 0, 126]],
  ] as const)("%s is answered with exception 3, and nothing is changed", async (_what, request) => {
    const before = [await bob.words(3, 0, 2), await bob.bits(1, 0, 2)];
    expect(await bob.pdu(request)).toEqual([request[0] | 0x80, 3]);
    expect([await bob.words(3, 0, 2), await bob.bits(1, 0, 2)]).toEqual(before);
  });
});

describe("section 9.2: input registers", () => {
  it.each(["alice", "bob"] as const)(
    "%s has its own readings, none of the other role, and zeros between",
    async (site) => {
      const device = site === "alice" ? alice : bob;
      const words = await device.words(4, 0, INPUT_REGISTER_COUNT);
      const values = decodeInputRegisters(words);
      const own = site === "alice" ? "qtx" : "qrx";
      const named = new Set<number>();
      for (const [name, { role, address, type }] of Object.entries(INPUT_REGISTERS)) {
        for (let word = 0; word < registerWords(type); word++) named.add(address + word);
        if (role !== "both" && role !== own)
          expect([name, values[name as RegisterName]]).toEqual([name, null]);
        if (role === own) expect([name, values[name as RegisterName]]).toEqual([name, expect.any(Number)]);
      }
      expect(words.filter((word, address) => !named.has(address) && word !== 0)).toEqual([]);
      expect([values.mapVersion, values.role]).toEqual([2, site === "alice" ? 0 : 1]);
    },
  );

  it("state, key exchange and count of alarms are those of the session plane at once", async () => {
    const client = await session("bob");
    const told = async () => {
      const { state, sessionNumber, activeAlarms } = await registers(bob);
      return { state, sessionNumber, activeAlarms };
    };
    const { sessionNumber } = await client.call("startKeyExchange", {
      detectionsPerFrame: 1000,
      creditFrames: 0,
    });
    expect(await told()).toEqual({ state: 2, sessionNumber, activeAlarms: 0 });
    await client.call("stopKeyExchange", { sessionNumber });
    expect(await told()).toEqual({ state: 0, sessionNumber: 0, activeAlarms: 0 });
    await client.call("startCalibration", { step: "init", variant: "first" });
    expect((await told()).state).toBe(1);
    await client.call("reset", { what: "soft" });
    expect((await told()).state).toBe(0);
  });
});

describe("section 9.4: alarms", () => {
  it("each alarm is a bit at the operating level, and one more at the absolute level, as the list has them", async () => {
    const client = await session("bob");
    await link.faults.apply({ event: "deviceFault", site: "bob", text: "broken" });
    await link.faults.cut();
    for (let step = 0; step < 30; step++) {
      await link.advance(100);
      const { alarms } = await client.call("listAlarms", {});
      const bits = await bob.bits(2, 0, 2 * ALARM_BITS);
      const set = bits.flatMap((bit, address) => (bit ? [address] : []));
      const wanted = alarms.flatMap(({ code, level }) =>
        level === "absolute" ? [code, code + ALARM_BITS] : [code],
      );
      expect(set).toEqual(wanted.sort((a, b) => a - b));
      expect((await registers(bob)).activeAlarms).toBe(alarms.length);
      expect((await client.call("getStatus", {})).activeAlarms).toBe(alarms.length);
      for (const { severity, level } of alarms) expect(level === "absolute").toBe(severity === "critical");
    }
    const codes = (await client.call("listAlarms", {})).alarms.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining([54]));
    expect(codes).toEqual([...codes].sort((a, b) => a - b));
    await link.faults.repair();
    await link.faults.apply({ event: "end", of: "deviceFault" });
    await client.call("reset", { what: "soft" });
  });
});

describe("section 9.5: control", () => {
  it("the identify LED is one: coil, register and command move it, and it goes out", async () => {
    const client = await session("bob");
    const led = async () => [(await bob.bits(1, 1, 1))[0], (await bob.words(3, 0, 1))[0]];
    expect(await led()).toEqual([false, 0]);
    expect(await bob.pdu([5, 0, 1, 0xff, 0])).toEqual([5, 0, 1, 0xff, 0]);
    expect(await led()).toEqual([true, 60]);
    await link.advance(10_000);
    expect(await led()).toEqual([true, 50]);
    await client.call("identifyLed", { durationS: 65_535 });
    expect(await led()).toEqual([true, 65_535]);
    await client.call("identifyLed", { durationS: 0 });
    expect(await led()).toEqual([false, 0]);
    expect(await bob.pdu([6, 0, 0, 0, 2])).toEqual([6, 0, 0, 0, 2]);
    await link.advance(1000);
    expect(await led()).toEqual([true, 1]);
    await link.advance(1000);
    expect(await led()).toEqual([false, 0]);
    await bob.pdu([6, 0, 0, ...two(3600)]);
    await bob.pdu([5, 0, 1, 0, 0]);
    expect(await led()).toEqual([false, 0]);
  });

  it("the status interval is the parameter of that name, whoever writes it", async () => {
    const client = await session("bob");
    const { id } = PARAMETERS.statusIntervalMs;
    await bob.pdu([6, 0, 1, ...two(60_000)]);
    expect(await client.call("getParameter", { id })).toEqual({ id, value: 60_000 });
    await client.call("setParameter", { id, value: 100 });
    expect(await bob.words(3, 1, 1)).toEqual([100]);
  });

  it("the alarm latch is cleared by a 1 and reads 0", async () => {
    expect(await bob.pdu([5, 0, 0, 0xff, 0])).toEqual([5, 0, 0, 0xff, 0]);
    expect(await bob.bits(1, 0, 1)).toEqual([false]);
  });
});

describe("section 9.6: identification", () => {
  it.each(["alice", "bob"] as const)("%s tells in ASCII what it tells in identify", async (site) => {
    const device = site === "alice" ? alice : bob;
    const who = await (await session(site)).call("identify", {});
    const object = async (id: number) => {
      const [code, mei, read, conformity, more, next, count, gotId, length, ...text] = await device.pdu([
        43,
        14,
        4,
        id,
      ]);
      expect([code, mei, read, conformity, more, next, count, gotId]).toEqual([43, 14, 4, 0x83, 0, 0, 1, id]);
      expect([length, text.every((byte) => byte < 128)]).toEqual([text.length, true]);
      return String.fromCharCode(...text);
    };
    const linkId = Buffer.from(who.linkId).toString("hex");
    expect([await object(0), await object(1), await object(2)]).toEqual([
      who.vendor,
      who.model,
      who.firmware,
    ]);
    expect(await object(5)).toBe(`${who.model} ${who.hardwareRevision}`);
    expect([await object(0x80), await object(0x81), await object(0x82)]).toEqual([
      who.serial,
      who.role,
      linkId,
    ]);
    expect([await object(3), (await object(4)).length > 0]).toEqual(["", true]);
  });

  it("is streamed in three categories", async () => {
    const ids = async (category: number) => {
      const [, , , conformity, , , count, ...rest] = await bob.pdu([43, 14, category, 0]);
      expect(conformity).toBe(0x83);
      const found: number[] = [];
      for (let at = 0; at < rest.length; at += 2 + rest[at + 1]!) found.push(rest[at]!);
      expect(found).toHaveLength(count!);
      return found;
    };
    expect(await ids(1)).toEqual([0, 1, 2]);
    expect(await ids(2)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await ids(3)).toEqual([0, 1, 2, 3, 4, 5, 0x80, 0x81, 0x82]);
  });
});
