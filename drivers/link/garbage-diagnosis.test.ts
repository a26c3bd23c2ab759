import { describe, expect, it } from "vitest";
import { diagnoseGarbage } from "./garbage-diagnosis.ts";

const garbage = {
  bytesReceived: 100,
  bytesSent: 0,
  framesReceived: 0,
  framesSent: 0,
  garbageBytes: { noise: 100 },
};

describe("a line on which only garbage arrives", () => {
  it("has wrong line settings when it is a serial line, whatever it is called", () => {
    const error = diagnoseGarbage({ kind: "serial", name: "bench line 3" }, garbage);
    expect(error?.line).toContain("bench line 3 sends bytes but no frame: wrong baud rate");
  });

  it.each(["tcp", "tls", "memory"] as const)("leads elsewhere when it is %s", (kind) => {
    const error = diagnoseGarbage({ kind, name: "serial:/dev/ttyUSB0" }, garbage);
    expect(error).toMatchObject({ code: "QKD_TRANSPORT_GARBAGE", retryable: true });
    expect(error?.line).toContain("check host and port");
  });
});
