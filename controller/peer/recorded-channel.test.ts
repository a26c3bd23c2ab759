import { Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { encodePeerHeader } from "../../protocol/index.ts";
import type { OutgoingMessage, PeerEndpoint, PeerMessage } from "./peer-channel.ts";
import { RecordedChannel } from "./recorded-channel.ts";

const VERIFY = 0x19;
const SEED = 0x1e;

function world() {
  const messages$ = new Subject<PeerMessage>();
  const sent: OutgoingMessage[] = [];
  const told: [string, Uint8Array][] = [];
  let nowMs = 0;
  const inner = {
    messages$,
    state$: new Subject(),
    sendAll: async (messages: readonly OutgoingMessage[]) => void sent.push(...messages),
  } as unknown as PeerEndpoint;
  const channel = new RecordedChannel(
    inner,
    (verb, { bytes }) => told.push([verb, bytes]),
    () => nowMs,
  );
  return {
    channel,
    messages$,
    sent,
    told,
    later: () => {
      nowMs += 1000;
    },
  };
}

/** 12 bytes in front, cohort and attempt, hash key, tag. */
const verify = Uint8Array.of(...new Uint8Array(17), ...Array(16).fill(0xaa), ...Array(16).fill(0xbb));

describe("a recorded connection", () => {
  it("tells both ways without the tag, and passes the message on as it is", async () => {
    const { channel, messages$, sent, told } = world();
    const heard: PeerMessage[] = [];
    channel.messages$.subscribe((message) => heard.push(message));
    await channel.send(VERIFY, [verify.subarray(0, 20), verify.subarray(20)]);
    messages$.next({ kind: VERIFY, body: verify } as PeerMessage);
    const expected = Buffer.concat([
      encodePeerHeader({ kind: VERIFY, bodyBytes: verify.length }),
      verify.subarray(0, 33),
      new Uint8Array(16),
    ]);
    expect(told).toEqual([
      ["said", new Uint8Array(expected)],
      ["heard", new Uint8Array(expected)],
    ]);
    expect(Buffer.concat(sent.flatMap(({ parts }) => [...parts]))).toEqual(Buffer.from(verify));
    expect(heard[0]?.body).toBe(verify);
  });

  it("tells eight MiB a second, no more", async () => {
    const { channel, told, later } = world();
    for (let message = 0; message < 10; message++) await channel.send(SEED, new Uint8Array(2 ** 20));
    expect(told).toHaveLength(8);
    later();
    await channel.send(SEED, new Uint8Array(2 ** 20));
    expect(told).toHaveLength(9);
  });
});
