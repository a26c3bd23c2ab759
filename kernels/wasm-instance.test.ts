import { describe, expect, it } from "vitest";
import { compileKernels, instantiateKernels } from "./wasm-instance.ts";

describe("loading the kernels", () => {
  it("gives every instance a memory of its own", async () => {
    const [a, b] = [await instantiateKernels(), await instantiateKernels()];
    const at = a.heap.allocate(64);
    a.heap.view(at, 64).fill(9);
    expect(b.heap.allocate(64)).toBe(at);
    expect(b.heap.view(at, 64)).toEqual(new Uint8Array(64));
    expect(a.exports.planePopcount(at, 64)).toBe(128);
  });

  it("says how to get them where they are missing or broken", async () => {
    const missing = compileKernels(new URL("./not-built.wasm", import.meta.url));
    await expect(missing).rejects.toMatchObject({
      code: "QKD_KERNEL_UNAVAILABLE",
      remedy: "install the package anew, or in a clone run npm run build",
    });
    const broken = compileKernels(new URL("./kernels.ts", import.meta.url));
    await expect(broken).rejects.toMatchObject({ code: "QKD_KERNEL_UNAVAILABLE" });
  });
});
