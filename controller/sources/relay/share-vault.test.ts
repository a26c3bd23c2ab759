import { describe, expect, it } from "vitest";
import { SecretBytes } from "../../../protocol/index.ts";
import { ShareVault } from "./share-vault.ts";

const zeros = (secret: SecretBytes) => secret.reveal().every((byte) => byte === 0);

describe("shares that wait", () => {
  it("are combined when all are there, and wiped then", () => {
    const vault = new ShareVault();
    const shares = [SecretBytes, SecretBytes].map((make, at) => new make(Uint8Array.of(1 + at, 7)));
    for (const share of shares) vault.keep("b", share);
    expect(vault.blocks).toBe(1);
    expect([...vault.combine("b").reveal()]).toEqual([3, 0]);
    expect([vault.blocks, shares.every(zeros)]).toEqual([0, true]);
  });

  it("are wiped where they cannot be combined", () => {
    const vault = new ShareVault();
    const shares = [new SecretBytes(Uint8Array.of(1)), new SecretBytes(Uint8Array.of(1, 2))];
    for (const share of shares) vault.keep("b", share);
    expect(() => vault.combine("b")).toThrow(/one length/);
    expect([vault.blocks, shares.every(zeros)]).toEqual([0, true]);
  });

  it("are wiped of one block alone, or of all", () => {
    const vault = new ShareVault();
    const [one, two, three] = [1, 2, 3].map((byte) => new SecretBytes(Uint8Array.of(byte)));
    vault.keep("a", one!);
    vault.keep("b", two!);
    vault.keep("c", three!);
    vault.wipe("a");
    expect([vault.blocks, zeros(one!), zeros(two!)]).toEqual([2, true, false]);
    vault.wipeAll();
    expect([vault.blocks, zeros(two!), zeros(three!)]).toEqual([0, true, true]);
  });
});
