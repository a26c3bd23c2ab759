import { MessageChannel } from "node:worker_threads";
import { BehaviorSubject, Subject } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import { LINK_PRESETS } from "../../../../physics/index.ts";
import { distillationHello } from "../../../../protocol/index.ts";
import type { BulkPeerChannel, PeerMessage, PeerState } from "../../../peer/peer-channel.ts";
import { agreedSettings, type DistillationSettings, settingsDigest } from "../settings.ts";
import { mount } from "./engine-mount.ts";
import type { EngineStart, WorkerReport } from "./worker-messages.ts";

const SETTINGS: DistillationSettings = {
  link: LINK_PRESETS.yuan2018.link,
  blockBits: 24_000,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
  maxLeakFraction: 0.4,
};
const open: MessageChannel[] = [];
afterEach(() => {
  for (const { port1 } of open.splice(0)) port1.close();
});

/** Alice's engine mounted on a channel of the test's. */
async function mounted() {
  const [way, amplifier] = [new MessageChannel(), new MessageChannel()];
  open.push(way, amplifier);
  const messages = new Subject<PeerMessage>();
  const state = new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null });
  const sent: number[] = [];
  const renewals: string[] = [];
  const failures: string[] = [];
  const channel: BulkPeerChannel = {
    messages$: messages,
    state$: state,
    send: async () => {},
    sendAll: async (all) => void sent.push(...all.map(({ kind }) => kind)),
    recycle: () => {},
    reconnect: ({ code }) => void renewals.push(code),
    close: async () => {},
  };
  way.port1.on("message", ({ outputs }: WorkerReport) => {
    for (const output of outputs) if (output.type === "failure") failures.push(output.error.code);
  });
  const data: EngineStart = {
    role: "alice",
    settings: SETTINGS,
    firstSequence: 1,
    amplifier: amplifier.port2,
  };
  await mount({ channel, port: way.port2, data });
  const become = (name: PeerState["state"], epoch: number) => state.next({ state: name, epoch, error: null });
  const hello = (nonce: number) =>
    messages.next({
      kind: distillationHello.kind,
      body: new Uint8Array(
        Buffer.concat(
          distillationHello.encode({
            role: "bob",
            settingsDigest: settingsDigest(agreedSettings(SETTINGS)),
            nonce: new Uint8Array(16).fill(nonce),
            echo: new Uint8Array(16),
            nextSequence: 1,
            closing: [],
          }),
        ),
      ),
    });
  return { become, hello, sent, renewals, failures };
}

describe("a mounted engine", () => {
  it("has the connection renewed when the engine is done with it", async () => {
    const { become, hello, renewals, failures } = await mounted();
    become("up", 1);
    for (let nonce = 0; nonce < 9; nonce++) hello(nonce);
    await expect.poll(() => failures).toEqual(["QKD_PEER_FLOOD"]);
    expect(renewals).toEqual(["QKD_PEER_FLOOD"]);
  });

  it("reads nothing more of a connection that is gone", async () => {
    const { become, hello, sent, renewals } = await mounted();
    become("up", 1);
    await expect.poll(() => sent).toHaveLength(1);
    for (let nonce = 0; nonce < 9; nonce++) hello(nonce);
    become("down", 1);
    become("up", 2);
    await expect.poll(() => sent.length).toBeGreaterThan(1);
    expect([sent.length, renewals]).toEqual([2, []]);
  });
});
