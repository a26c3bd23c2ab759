import { describe, expect, it } from "vitest";
import { modbusCrc16 } from "../../protocol/index.ts";
import { createMemoryLink } from "../transport/memory-link.ts";
import { type ModbusFraming, ModbusPort } from "./modbus-port.ts";

const UNIT = 17;
const LIMIT = 2048;

function withCrc(...bytes: number[]): Uint8Array {
  const frame = Uint8Array.of(...bytes, 0, 0);
  const crc = modbusCrc16(frame, 0, bytes.length);
  frame.set([crc & 0xff, crc >> 8], bytes.length);
  return frame;
}

/** A port, the far end of its line, and the replies that it gave. */
function open(framing: ModbusFraming) {
  const [near, far] = createMemoryLink({ name: "modbus" });
  const port = new ModbusPort(near, framing);
  const replies: number[][] = [];
  port.on("data", (frame: Buffer) => replies.push([...frame]));
  const ask = () => port.write(Buffer.from(withCrc(UNIT, 4, 0, 0, 0, 1)));
  return { port, far, replies, ask };
}

const REPLY = withCrc(UNIT, 4, 2, 0, 7);
const HALF = 4;

describe("the port of a serial line", () => {
  it("gives a reply once, however often it comes", async () => {
    const { far, replies, ask } = open("rtu");
    ask();
    for (let time = 0; time < 3; time++) await far.write(REPLY);
    expect(replies).toEqual([[...REPLY]]);
  });

  it("begins each request with an empty line: what came before it is no answer", async () => {
    const { far, replies, ask } = open("rtu");
    ask();
    await far.write(REPLY.subarray(0, HALF));
    ask();
    await far.write(REPLY.subarray(HALF));
    expect(replies).toEqual([]);
  });

  it("holds a bounded tail of a line that babbles, and finds a reply behind it", async () => {
    const { port, far, replies, ask } = open("rtu");
    ask();
    for (let chunk = 0; chunk < 20; chunk++) {
      await far.write(new Uint8Array(1000));
      expect(port.heldBytes).toBeLessThanOrEqual(LIMIT);
    }
    expect(port.heldBytes).toBe(LIMIT);
    await far.write(REPLY);
    expect([replies, port.heldBytes]).toEqual([[[...REPLY]], 0]);
  });
});

describe("the port of a socket", () => {
  it("closes a connection that speaks something else, for good", async () => {
    const { port, far, ask } = open("tcp");
    const closed = new Promise((resolve) =>
      far.bytes$.subscribe({ complete: () => resolve("closed"), error: resolve }),
    );
    ask();
    await far.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request"));
    expect(await port.closed).toMatchObject({ code: "QKD_MODBUS_GARBAGE", retryable: true });
    await closed;
    expect(port.isOpen).toBe(false);
  });
});
