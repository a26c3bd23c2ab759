import { expect, it } from "vitest";
import { relayAlarm } from "./relay-alarm.ts";

const blockId = "ab".repeat(16);

it("names the neighbour whose hop was changed, and who sent what no honest node sends", () => {
  expect(relayAlarm({ type: "hopTagWrong", neighbour: "b", blockId })).toMatchObject({
    code: "QKD_PEER_LIED",
    context: { node: "b", blockId },
  });
  expect(relayAlarm({ type: "lied", node: "b", blockId, why: "a pad of no places" })?.message).toBe(
    "node b sent a pad of no places",
  );
});

it("says nothing of what happens every day", () => {
  for (const event of [
    { type: "sent", acceptor: "c", blockId },
    { type: "incomplete", proposer: "a", blockId },
  ] as const)
    expect(relayAlarm(event)).toBeNull();
});
