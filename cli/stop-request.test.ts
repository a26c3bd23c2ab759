import { afterEach, describe, expect, it, vi } from "vitest";
import { StopRequest } from "./stop-request.ts";

const EVENTS = ["SIGINT", "SIGTERM", "disconnect"] as const;
const listening = () => [
  ...EVENTS.map((event) => process.listenerCount(event)),
  process.stdout.listenerCount("error"),
];
const before = listening();
let stop: StopRequest | undefined;
afterEach(() => {
  stop?.close();
  vi.useRealTimers();
});

describe("a request to stop", () => {
  it.each(EVENTS)("is made by %s, and then leaves signals to the system", async (event) => {
    stop = new StopRequest();
    expect(listening()).toEqual(before.map((count) => count + 1));
    const receive = process.listeners(event as "disconnect").at(-1);
    receive?.();
    await stop.made;
    expect(listening()).toEqual(before);
  });

  it("is made by standard output that cannot be written any more", async () => {
    stop = new StopRequest();
    process.stdout.listeners("error").at(-1)?.(new Error("EPIPE"));
    await stop.made;
    expect(listening()).toEqual(before);
  });

  it("is not made by standard output of a program that has more to do", async () => {
    stop = new StopRequest(undefined, true);
    expect(process.stdout.listenerCount("error")).toBe(before.at(-1));
    process.listeners("SIGTERM").at(-1)?.("SIGTERM");
    await stop.made;
    expect(listening()).toEqual(before);
  });

  it("is made by a parent that ended before", async () => {
    const connected = Object.getOwnPropertyDescriptor(process, "connected");
    Object.defineProperty(process, "connected", { value: false, configurable: true, writable: true });
    try {
      stop = new StopRequest();
      await stop.made;
      expect(listening()).toEqual(before);
    } finally {
      if (connected === undefined) Reflect.deleteProperty(process, "connected");
      else Object.defineProperty(process, "connected", connected);
    }
  });

  it("calls what is overdue once it was made, also when it is closed, and not before", () => {
    vi.useFakeTimers();
    let overdue = 0;
    stop = new StopRequest(() => overdue++);
    vi.advanceTimersByTime(60_000);
    expect([overdue, stop.signal.aborted]).toEqual([0, false]);
    process.emit("SIGTERM");
    stop.close();
    expect(stop.signal.aborted).toBe(true);
    vi.advanceTimersByTime(4000);
    expect(overdue).toBe(0);
    vi.advanceTimersByTime(900);
    expect(overdue).toBe(1);
  });

  it("leaves nothing on the process when nobody asked", () => {
    stop = new StopRequest();
    stop.close();
    expect(listening()).toEqual(before);
  });
});
