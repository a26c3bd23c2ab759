import { describe, expect, it } from "vitest";
import { checkGroups, FORWARD_SECRET_SUITES } from "./tls-suites.ts";

describe("the suites of TLS", () => {
  it("are by ephemeral keys and authenticated encryption alone", () => {
    const suites = FORWARD_SECRET_SUITES.split(":");
    expect(suites.length).toBeGreaterThan(3);
    expect(suites.filter((suite) => !/^(TLS_|ECDHE-).*(GCM|CHACHA20)/.test(suite))).toEqual([]);
  });
});

describe("groups of key exchange", () => {
  it("are those that OpenSSL knows, and others are named with their field", () => {
    expect(() => checkGroups("X25519MLKEM768:X25519:prime256v1", "peer.groups")).not.toThrow();
    for (const groups of ["X25519:MLKEM1", "none"])
      expect(() => checkGroups(groups, "peer.groups")).toThrow(
        expect.objectContaining({
          code: "QKD_CONFIG_INVALID",
          message: `peer.groups: "${groups}" holds a key exchange group that is not known`,
        }),
      );
  });
});
