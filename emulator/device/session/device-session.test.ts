import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  COMMANDS,
  EVENTS,
  encodeFrame,
  type Frame,
  type FrameKind,
  FrameScanner,
} from "../../../protocol/index.ts";
import { Refusal } from "../refusal.ts";
import { DeviceSession, type SessionHost } from "./device-session.ts";

/** A session on a connection in memory, with everything that it wrote and counted. */
function session(pendingBytes = 0) {
  const scanner = new FrameScanner({ crc32 });
  const written: Frame[] = [];
  const counted: string[] = [];
  const carriedOut: string[] = [];
  const connection = {
    name: "client",
    kind: "tcp",
    hangUpVisible: true,
    pendingBytes,
    write: (bytes: Uint8Array, finished?: () => void) => {
      for (const found of scanner.push(bytes)) if (found.kind === "frame") written.push(found.frame);
      finished?.();
    },
    close: () => {},
  } as const;
  const host: SessionHost = {
    command: (_session, name, request) => {
      carriedOut.push(name);
      if (name !== "ping") throw new Refusal("badParameter", "no");
      return request as never;
    },
    drained: () => {},
    ended: () => {},
    counted: (what) => void counted.push(what),
    otherVersion: () => {},
  };
  return { session: new DeviceSession(connection, host), written, counted, carriedOut };
}

const PING = COMMANDS.ping.request.encode(COMMANDS.ping.request.samples[0]!);
const ping = (sequence: number, kind: FrameKind = "request", repeat = false) =>
  encodeFrame({ kind, repeat, sequence, opcode: COMMANDS.ping.opcode }, PING, {
    crc32,
  });

describe("a device's session", () => {
  it("lets an answer wait until the event that is being written is whole", () => {
    const scanner = new FrameScanner({ crc32 });
    const found: string[] = [];
    let asked = false;
    const connection = {
      name: "client",
      kind: "serial",
      hangUpVisible: false,
      pendingBytes: 0,
      write: (bytes: Uint8Array, finished?: () => void) => {
        for (const one of scanner.push(bytes)) found.push(one.kind === "frame" ? one.frame.kind : one.kind);
        finished?.();
        // A port that moves both directions at once hands over what arrived while it writes.
        if (asked) return;
        asked = true;
        one.bytes(ping(1));
        one.bytes(ping(2));
      },
      close: () => {},
    } as const;
    const host: SessionHost = {
      command: (_session, _name, request) => request as never,
      drained: () => {},
      ended: () => {},
      counted: () => {},
      otherVersion: () => {},
    };
    const one: DeviceSession = new DeviceSession(connection, host);
    let finished = 0;
    one.event("rawKeyQrx", EVENTS.rawKeyQrx.event.samples[0]!, () => finished++);
    one.bytes(ping(3));
    expect(found).toEqual(["event", "reply", "reply", "reply"]);
    expect(finished).toBe(1);
  });

  it("answers a request once, and the same to its repeat", () => {
    const { session: own, written, carriedOut } = session();
    own.bytes(ping(5));
    own.bytes(ping(5, "request", true));
    expect([written.map(({ kind, sequence }) => [kind, sequence]), carriedOut]).toEqual([
      [
        ["reply", 5],
        ["reply", 5],
      ],
      ["ping"],
    ]);
  });

  it("carries nothing out that is no request", () => {
    const { session: own, written, counted, carriedOut } = session();
    for (const kind of ["reply", "error", "event"] as const) own.bytes(ping(1, kind));
    expect([written, carriedOut, counted]).toEqual([[], [], Array(3).fill("frameErrors")]);
  });

  it("does not wait for the payload of a request larger than any", () => {
    const { session: own, written } = session();
    // An event may be so large; its header is all that comes.
    const head = { kind: "event", repeat: false, sequence: 1, opcode: 1 } as const;
    own.bytes(encodeFrame(head, new Uint8Array(100_000), { crc32 }).subarray(0, 16));
    own.bytes(ping(2));
    expect(written.map(({ sequence }) => sequence)).toEqual([2]);
  });

  it("sends a client that does not read no more events, and tells so by their numbers", () => {
    const alarm = EVENTS.alarm.event.samples[0]!;
    const sent = (pendingBytes: number) => {
      const { session: own, written } = session(pendingBytes);
      let finished = 0;
      for (let index = 0; index < 2; index++)
        own.event("alarm", alarm, () => {
          finished += 1;
        });
      return [written.map(({ sequence }) => sequence), finished];
    };
    expect(sent(1 << 20)).toEqual([[0, 1], 2]);
    expect(sent((1 << 20) + 1)).toEqual([[], 2]);
  });
});
