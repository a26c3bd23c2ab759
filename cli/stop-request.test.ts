import { afterEach, describe, expect, it } from "vitest";
import { StopRequest } from "./stop-request.ts";

const EVENTS = ["SIGINT", "SIGTERM", "disconnect"] as const;
const listening = () => [
  ...EVENTS.map((event) => process.listenerCount(event)),
  process.stdout.listenerCount("error"),
];
const before = listening();
let stop: StopRequest | undefined;
afterEach(() => stop?.close());

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

  it("leaves nothing on the process when nobody asked", () => {
    stop = new StopRequest();
    stop.close();
    expect(listening()).toEqual(before);
  });
});
