import { describe, expect, it } from "vitest";
import { MessageRing } from "./message-ring.ts";

const ring = (count: number) => {
  const made = new MessageRing("run1");
  for (let number = 1; number <= count; number += 1) made.add("live", { number });
  return made;
};

describe("the ring of messages", () => {
  it("gives what came after the last one heard", () => {
    const text = ring(10).after("run1-8") ?? "";
    expect(text).toBe(
      'id: run1-9\nevent: live\ndata: {"number":9}\n\nid: run1-10\nevent: live\ndata: {"number":10}\n\n',
    );
    expect(ring(10).after("run1-10")).toBe("");
  });

  it("says that it does not know any more what it dropped, what another run said, and what is no message", () => {
    const full = ring(300);
    expect(full.after("run1-44")).not.toBeNull();
    for (const unknown of [
      "run1-43",
      "run1-301",
      "run2-299",
      "nonsense",
      "run1-",
      "run1-1e3",
      "",
      "run1-44\n",
    ])
      expect(full.after(unknown), unknown).toBeNull();
  });

  it("keeps 256 messages, and gate counts as text", () => {
    const text = ring(600).after("run1-344") ?? "";
    expect(text.match(/^id:/gm)).toHaveLength(256);
    expect(new MessageRing("r").add("x", { gates: 12n }).text).toContain('"gates":"12"');
  });
});
