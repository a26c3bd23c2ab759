import { Subject } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DistillationError, LinkError, type QkdError } from "../errors/index.ts";
import { StopRequest } from "./stop-request.ts";
import { untilStopped } from "./until-stopped.ts";

let stop: StopRequest;
beforeEach(() => {
  stop = new StopRequest();
});
afterEach(() => stop.close());

describe("a running site", () => {
  it("is ended by the death of a thread", async () => {
    const failures = new Subject<QkdError>();
    const stopped = untilStopped(failures, stop);
    const dead = new DistillationError("QKD_DISTILLATION_WORKER", "a distillation thread failed");
    failures.next(dead);
    await expect(stopped).rejects.toBe(dead);
  });

  it("goes on after a failure of its link that nobody foresaw", async () => {
    const failures = new Subject<QkdError>();
    let ended: unknown = null;
    const stopped = untilStopped(failures, stop).then(
      () => (ended = "asked to stop"),
      (error: unknown) => (ended = error),
    );
    failures.next(new LinkError("QKD_LINK_FAILED", "the link failed unexpectedly"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBeNull();
    process.emit("SIGTERM");
    await stopped;
    expect(ended).toBe("asked to stop");
  });
});
