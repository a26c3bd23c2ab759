import { PeerError } from "../../errors/index.ts";

/** By how much a block's time of making may differ from now, clocks' offset removed. */
const MOST_APART_MS = 600_000;

/** The other site's clock less this one, from a time that the other told and when it was heard here. */
export const offsetOf = (toldMs: number, heardAtMs: number): number => toldMs - heardAtMs;

/** PeerError QKD_PEER_LIED for a block made at another time than this; `offsetMs` is the maker's clock less this one. */
export function checkCreation(
  { blockId, createdAtMs }: { readonly blockId: string; readonly createdAtMs: number },
  nowMs: number,
  offsetMs: number,
): void {
  const apartMs = createdAtMs - (nowMs + offsetMs);
  if (Math.abs(apartMs) <= MOST_APART_MS) return;
  throw new PeerError("QKD_PEER_LIED", "a block is said to have been made at another time than now", {
    context: { blockId, apartMs },
    remedy: "set the clocks of both sites; the block was refused",
  });
}
