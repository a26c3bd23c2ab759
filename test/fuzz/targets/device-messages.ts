import { COMMANDS, describeFields, EVENTS, errorReply, type MessageCodec } from "../../../protocol/index.ts";
import { accepted, type FuzzTarget, joined, mustEqual } from "../fuzz-target.ts";

/** Every codec between driver and device; new messages come in by themselves. */
const CODECS: readonly (readonly [name: string, codec: MessageCodec<unknown>])[] = [
  ...Object.entries(COMMANDS).flatMap(
    ([name, { request, reply }]) =>
      [
        [`request ${name}`, request],
        [`reply ${name}`, reply],
      ] as [string, MessageCodec<unknown>][],
  ),
  ...Object.entries(EVENTS).map(
    ([name, { event }]) => [`event ${name}`, event] as [string, MessageCodec<unknown>],
  ),
  ["error reply", errorReply as MessageCodec<unknown>],
];

/** The payloads between driver and device: the first byte of an input names the codec. */
export const target: FuzzTarget = {
  seeds: () =>
    CODECS.flatMap(([, codec], index) =>
      codec.samples.slice(0, 3).map((sample) => joined([Uint8Array.of(index), codec.encode(sample)])),
    ),
  run: (input) => {
    const [name, codec] = CODECS[(input[0] ?? 0) % CODECS.length] as (typeof CODECS)[number];
    const payload = input.slice(1);
    const value = accepted(() => codec.decode(payload));
    if (value === undefined) return;
    describeFields(codec.rows, value as object);
    mustEqual(codec.encode(value), payload, name);
  },
};
