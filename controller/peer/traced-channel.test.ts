import { NEVER, Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { agreementStored, distillationDone, distillationTag } from "../../protocol/index.ts";
import type { OutgoingMessage, PeerEndpoint, PeerMessage } from "./peer-channel.ts";
import { TracedChannel } from "./traced-channel.ts";

function traced() {
  const heard = new Subject<PeerMessage>();
  const sent: OutgoingMessage[] = [];
  const lines: string[] = [];
  const clock = { nowMs: 0 };
  const inner: PeerEndpoint = {
    messages$: heard,
    state$: NEVER,
    port: 7,
    begin: async () => {},
    send: async () => {},
    sendAll: async (messages) => void sent.push(...messages),
    recycle: () => {},
    reconnect: () => {},
    close: async () => {},
  };
  const channel = new TracedChannel(
    inner,
    (line) => lines.push(line),
    () => clock.nowMs,
  );
  return { channel, heard, sent, lines, clock };
}

describe("a traced channel", () => {
  it("tells what is said and heard, once, and passes it on", async () => {
    const { channel, heard, sent, lines } = traced();
    const got: number[] = [];
    channel.messages$.subscribe(({ kind }) => got.push(kind));
    channel.messages$.subscribe(({ kind }) => got.push(kind));
    await channel.send(distillationDone.kind, distillationDone.encode({ sequence: 9 }));
    heard.next({ kind: agreementStored.kind, body: new Uint8Array(16) });
    expect(got).toEqual([agreementStored.kind, agreementStored.kind]);
    expect(sent.map(({ kind }) => kind)).toEqual([distillationDone.kind]);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^said distillation\.done .*sequence: 9/);
    expect(lines[1]).toMatch(/^heard agreement\.stored /);
  });

  it("shows no tag", async () => {
    const { channel, lines } = traced();
    const tag = new Uint8Array(16).fill(0xab);
    await channel.send(distillationTag.kind, distillationTag.encode({ sequence: 1, tag }));
    expect(lines[0]).not.toContain("abab");
    expect(lines[0]).toContain("not shown");
  });

  it("tells no more than a person reads, and how much it left out", async () => {
    const { channel, lines, clock } = traced();
    const parts = distillationDone.encode({ sequence: 1 });
    for (let i = 0; i < 250; i++) await channel.send(distillationDone.kind, parts);
    expect(lines).toHaveLength(200);
    clock.nowMs = 1000;
    await channel.send(distillationDone.kind, parts);
    expect(lines.slice(200)).toEqual(["50 messages more", expect.stringContaining("distillation.done")]);
  });
});
