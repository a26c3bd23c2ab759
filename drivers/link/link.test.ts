import { crc32 } from "node:zlib";
import { Subject } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { QkdError } from "../../errors/index.ts";
import { encodeFrame, type Frame } from "../../protocol/index.ts";
import { openLink } from "./link.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function line() {
  const bytes$ = new Subject<Uint8Array>();
  const heard: number[] = [];
  const ends: (QkdError | undefined)[] = [];
  const transport = {
    kind: "tcp",
    name: "tcp://here",
    bytes$,
    write: async () => {},
    close: async () => {},
  } as const;
  const link = openLink(transport, {
    frame: (frame: Frame) => heard.push(frame.sequence),
    closed: (reason) => ends.push(reason),
  });
  return { bytes$, heard, ends, link };
}

const event = (sequence: number, payloadBytes = 100) =>
  encodeFrame({ kind: "event", repeat: false, sequence, opcode: 1 }, new Uint8Array(payloadBytes), { crc32 });

describe("a link", () => {
  it("gives a frame up that stopped in the middle for a second, and hears the next", () => {
    const { bytes$, heard, link } = line();
    bytes$.next(event(1, 1000).subarray(0, 60));
    bytes$.next(event(2));
    expect([heard, link.receiving]).toEqual([[], true]);
    vi.advanceTimersByTime(999);
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(1);
    expect([heard, link.receiving]).toEqual([[2], false]);
  });

  it("waits for a frame that goes on, however slowly", () => {
    const { bytes$, heard } = line();
    for (const byte of event(3)) {
      bytes$.next(Uint8Array.of(byte));
      vi.advanceTimersByTime(900);
    }
    expect(heard).toEqual([3]);
  });

  it("ends when nothing but noise comes, told once and by what it is", () => {
    const { bytes$, heard, ends } = line();
    bytes$.next(new Uint8Array(8191).fill(0x55));
    expect(ends).toEqual([]);
    for (let more = 0; more < 3; more++) bytes$.next(new Uint8Array(100).fill(0x55));
    expect(ends).toEqual([expect.objectContaining({ code: "QKD_TRANSPORT_GARBAGE" })]);
    bytes$.next(event(4));
    expect(heard).toEqual([]);
  });
});
