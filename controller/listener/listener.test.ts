import { describe, expect, it } from "vitest";
import { addressGroup } from "./address-group.ts";
import { completeLimits, DEFAULT_DELIVERY_LIMITS, DEFAULT_PEER_LIMITS } from "./listener-limits.ts";
import { openFilesLimit } from "./open-files.ts";

describe("one caller", () => {
  it.each([
    ["10.1.2.3", "10.1.2.3"],
    ["::ffff:10.1.2.3", "10.1.2.3"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ])("with the address %s is %s", (address, group) => expect(addressGroup(address)).toBe(group));
});

describe("limits of a listener", () => {
  it("have the documented defaults", () => {
    expect(DEFAULT_DELIVERY_LIMITS).toEqual({
      connections: 1024,
      connectionsPerAddress: 64,
      handshakeMs: 5000,
      headersMs: 5000,
      requestMs: 10_000,
      keepAliveMs: 5000,
      stallMs: 30_000,
    });
    expect(DEFAULT_PEER_LIMITS).toEqual({ connections: 64, connectionsPerAddress: 4, helloMs: 5000 });
  });

  it.each<[object, string]>([
    [{ connections: 0 }, "peer.limits.connections must be a whole number from 1 to 65536"],
    [{ helloMs: 1.5 }, "peer.limits.helloMs must be a whole number from 1 to 600000"],
    [{ helloMs: Number.NaN }, "peer.limits.helloMs must be a whole number from 1 to 600000"],
    [{ helloMs: 600_001 }, "peer.limits.helloMs must be a whole number from 1 to 600000"],
    [{ connections: 65_537 }, "peer.limits.connections must be a whole number from 1 to 65536"],
    [{ helloS: 5 }, "peer.limits.helloS is not a known limit"],
  ])("refuse %j by name", (given, message) => {
    expect(() => completeLimits(DEFAULT_PEER_LIMITS, given, "peer.limits")).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_INVALID", message }),
    );
  });
});

describe("the limit of open files", () => {
  it("is the soft one where the system tells it", () => {
    const told =
      "Limit  Soft  Hard\nMax open files            80                   4096                 files\n";
    expect(openFilesLimit(() => told)).toBe(80);
    expect(openFilesLimit(() => "Max open files            unlimited unlimited files\n")).toBeUndefined();
    expect(
      openFilesLimit(() => {
        throw new Error("no such file");
      }),
    ).toBeUndefined();
  });
});
