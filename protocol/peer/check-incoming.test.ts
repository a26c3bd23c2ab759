import { describe, expect, it } from "vitest";
import { PeerError } from "../../errors/index.ts";
import { PEER_MESSAGES, peerMessageOf } from "./catalog.ts";
import { checkIncoming } from "./check-incoming.ts";

const refusal = (kind: number, bodyBytes: number, sender: "alice" | "bob"): string => {
  try {
    checkIncoming({ kind, bodyBytes }, sender);
  } catch (error) {
    if (error instanceof PeerError && error.code === "QKD_PEER_PROTOCOL") return error.message;
    throw error;
  }
  return "";
};

describe("what a peer may send", () => {
  it.each(PEER_MESSAGES.map((message) => [message.name, message] as const))("%s", (name, message) => {
    const { kind, limitBytes, from } = message;
    const sender = from === "either" ? "bob" : from;
    expect(refusal(kind, 0, sender)).toBe("");
    expect(refusal(kind, limitBytes, sender)).toBe("");
    expect(refusal(kind, limitBytes + 1, sender)).toBe(
      `the peer sent a ${name} message of ${limitBytes + 1} bytes, at most ${limitBytes} are allowed`,
    );
    const other = sender === "alice" ? "bob" : "alice";
    expect(refusal(kind, 0, other)).toBe(
      from === "either" ? "" : `the peer sent a ${name} message, which only ${from} may send`,
    );
  });

  it("is no message without a declaration", () => {
    for (let kind = 0; kind < 256; kind++)
      if (peerMessageOf(kind) === undefined)
        expect(refusal(kind, 0, "alice")).toBe(
          `the peer sent a message of the unknown kind 0x${kind.toString(16).padStart(2, "0")}`,
        );
  });
});
