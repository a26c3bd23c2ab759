import { expect, it } from "vitest";
import { StepMemory } from "./step-memory.ts";

it("copies last until the step ends, however many and long they are", () => {
  const memory = new StepMemory();
  for (let step = 0; step < 3; step++) {
    memory.recycle();
    const sizes = [0, 1, 400_000, 400_000, 400_000, 1 << 20, (1 << 20) + 1, 7];
    const copies = sizes.map((bytes, i) => memory.copy(new Uint8Array(bytes).fill(16 * step + i)));
    for (const [i, copy] of copies.entries()) {
      expect(copy.length).toBe(sizes[i]);
      expect(copy.every((byte) => byte === 16 * step + i)).toBe(true);
    }
  }
});
