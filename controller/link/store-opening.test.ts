import { describe, expect, it } from "vitest";
import type { OpeningReport } from "../pool/opening-report.ts";
import { openingNews } from "./store-opening.ts";

const report = (more: Partial<OpeningReport>): OpeningReport => ({
  kind: "crashed",
  atMs: 5,
  generation: 2,
  evidence: [],
  burntBits: 0,
  lostBits: 0,
  burntPadBytes: 0,
  padsHeldBack: false,
  lastSeenMs: 4,
  ...more,
});

describe("what is told of a store's opening", () => {
  it("is nothing where nothing was lost", () => {
    for (const kind of ["fresh", "clean", "crashed"] as const)
      expect(openingNews(report({ kind }))).toEqual({ event: null, failure: null });
  });

  it("is what a crash burnt, without a failure", () => {
    const { event, failure } = openingNews(report({ burntBits: 512, burntPadBytes: 16 }));
    expect(event).toEqual({
      type: "keysBurnt",
      atMs: 5,
      reason: "crashed",
      bits: 512,
      authenticationBytes: 16,
    });
    expect(failure).toBeNull();
  });

  it("is a stock that cannot be read any more", () => {
    const { event, failure } = openingNews(report({ burntBits: 8, lostBits: 1024 }));
    expect(event).toMatchObject({ type: "keysBurnt", bits: 1032 });
    expect(failure).toMatchObject({ code: "QKD_KEYSTORE_UNREADABLE", context: { lostBits: 1024 } });
    expect(failure?.message).toContain("root file");
  });

  it.each(["rolledBack", "emptied", "replaced", "unanchored"] as const)(
    "is a failure when it is %s",
    (kind) => {
      const { failure } = openingNews(report({ kind, evidence: ["a", "b"] }));
      expect(failure).toMatchObject({ code: "QKD_KEYSTORE_ROLLBACK", context: { kind, evidence: "a; b" } });
      const held = openingNews(report({ kind, padsHeldBack: true })).failure;
      expect(held?.remedy).toContain("fresh secret");
      expect(failure?.remedy).not.toBe(held?.remedy);
    },
  );
});
