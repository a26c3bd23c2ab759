import { format, inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SecretBytes } from "./secret-bytes.ts";

describe("secret bytes", () => {
  it("show nothing but their number, however they are printed", () => {
    const secret = new SecretBytes(Uint8Array.of(171, 205, 239));
    const printed = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [secret] }, { depth: 9, showHidden: true, customInspect: false }),
      format("%s %o %j", secret, secret, secret),
      JSON.stringify(Object.entries(secret)),
      Object.keys(secret).join(),
    ];
    for (const text of printed) expect(text).not.toMatch(/171|205|239|ab,?cd|abcdef/i);
    expect(printed[0]).toBe("[3 secret bytes]");
    expect(printed[3]).toBe("[3 secret bytes]");
  });

  it("are the bytes given, not a copy, and are zeros once wiped", () => {
    const bytes = Uint8Array.of(1, 2);
    const secret = new SecretBytes(bytes);
    expect(secret.length).toBe(2);
    expect(secret.reveal()).toBe(bytes);
    secret.wipe();
    expect(bytes).toEqual(Uint8Array.of(0, 0));
  });
});
