import { PEER_MESSAGES } from "../../protocol/index.ts";
import { deviationsOf } from "./deviation.ts";
import type { Case } from "./evening.ts";

/**
 * Every message of the catalogue x every side that may send it x every deviation; new messages come in by themselves. Those
 * of the connection itself are played on sockets.
 */
export function allCases(): readonly Case[] {
  return PEER_MESSAGES.filter(({ owner }) => owner !== "connection").flatMap((message) =>
    (["alice", "bob"] as const)
      .filter((side) => message.from === "either" || message.from === side)
      .flatMap((liar) => deviationsOf(message).map((deviation) => ({ message, liar, deviation }))),
  );
}
