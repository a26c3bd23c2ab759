import { describe, expect, it } from "vitest";
import { PeerError } from "../../errors/index.ts";
import { linkFailure } from "./link-failure.ts";

describe("a failure at one end of a link", () => {
  it("is told as it is when it is one of ours", () => {
    const known = new PeerError("QKD_PEER_LIED", "no");
    expect(linkFailure(known)).toBe(known);
  });

  it("has a code of its own when nobody foresaw it, and is no death of a distillation thread", () => {
    const cause = new RangeError("too far");
    expect(linkFailure(cause)).toMatchObject({ name: "LinkError", code: "QKD_LINK_FAILED", cause });
  });

  it("says that memory ran out, whichever thread that ended", () => {
    for (const [message, code] of [
      ["Array buffer allocation failed", undefined],
      ["Worker terminated due to reaching memory limit: JS heap out of memory", "ERR_WORKER_OUT_OF_MEMORY"],
    ])
      expect(linkFailure(Object.assign(new Error(message), { code }))).toMatchObject({
        code: "QKD_CONFIG_MACHINE",
      });
  });

  it("is the store's when the store's thread ended", () => {
    const cause = Object.assign(new Error("gone"), { code: "ERR_WORKER_NOT_RUNNING" });
    expect(linkFailure(cause)).toMatchObject({ code: "QKD_KEYSTORE_UNREADABLE", cause });
  });
});
