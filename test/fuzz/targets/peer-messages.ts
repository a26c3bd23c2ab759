import { describePeerMessage, PEER_MESSAGES, type PeerMessage } from "../../../protocol/index.ts";
import { accepted, type FuzzTarget, joined, mustEqual } from "../fuzz-target.ts";

/** Every message between controllers: the first byte of an input names it. New ones come in by themselves. */
export const target: FuzzTarget = {
  seeds: () =>
    PEER_MESSAGES.flatMap((message, index) =>
      message.samples.slice(0, 3).map((sample) => joined([Uint8Array.of(index), ...message.encode(sample)])),
    ),
  run: (input) => {
    const message = PEER_MESSAGES[(input[0] ?? 0) % PEER_MESSAGES.length] as PeerMessage<unknown>;
    const body = input.slice(1);
    describePeerMessage(message.kind, body);
    const value = accepted(() => message.decode(body));
    if (value !== undefined) mustEqual(joined(message.encode(value)), body, message.name);
  },
};
