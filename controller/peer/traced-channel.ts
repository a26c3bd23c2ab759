import { describePeerMessage } from "../../protocol/index.ts";
import type { PeerEndpoint } from "./peer-channel.ts";
import { type PeerWatch, WatchedChannel, wholeBody } from "./watched-channel.ts";

/** Messages that are told in a second, at most: the reader is a person, and what is told must not hold up the link. */
const MOST_A_SECOND = 200;
const SECOND_MS = 1000;

/** A channel that tells what passes through it in words, without what the messages' declarations redact. */
export class TracedChannel extends WatchedChannel {
  constructor(inner: PeerEndpoint, tell: (line: string) => void, now = () => performance.now()) {
    super(inner, tracer(tell, now));
  }
}

function tracer(tell: (line: string) => void, now: () => number): PeerWatch {
  let secondMs = Number.NEGATIVE_INFINITY;
  let told = 0;
  return (verb, kind, parts) => {
    const nowMs = now();
    if (nowMs - secondMs >= SECOND_MS) {
      if (told > MOST_A_SECOND) tell(`${told - MOST_A_SECOND} messages more`);
      secondMs = nowMs;
      told = 0;
    }
    told += 1;
    if (told > MOST_A_SECOND) return;
    tell(`${verb} ${describePeerMessage(kind, wholeBody(parts)).join("; ")}`);
  };
}
