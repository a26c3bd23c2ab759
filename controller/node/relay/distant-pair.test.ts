import { BehaviorSubject, NEVER } from "rxjs";
import { expect, it } from "vitest";
import { KeyStoreError } from "../../../errors/index.ts";
import { createKernels } from "../../../kernels/index.ts";
import { SecretBytes } from "../../../protocol/index.ts";
import type { PeerEndpoint, PeerState } from "../../peer/peer-channel.ts";
import type { OpenKeyPool } from "../../pool/key-pool.ts";
import type { RelayDesk } from "../../sources/relay/relay-desk.ts";
import { DistantPair } from "./distant-pair.ts";

const { hash } = await createKernels();
const gone = new KeyStoreError("QKD_KEYSTORE_UNREADABLE", "the key store is closed");

/** A pair whose store answers when the test says so. */
async function pair() {
  const answer = Promise.withResolvers<never>();
  const told: unknown[] = [];
  const unanswered = () => new Promise<never>(() => {});
  const pool = { pending: () => answer.promise, status: unanswered, highestSequence: unanswered };
  const channel = {
    messages$: NEVER,
    state$: new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null }),
    port: null,
    begin: async () => {},
    close: async () => {},
  };
  const made = new DistantPair({
    node: "a",
    plan: {
      pairId: "a~c",
      other: "c",
      end: "proposer",
      secret: new SecretBytes(new Uint8Array(64)),
      connect: null,
      maxHops: 6,
      shares: 1,
      kem: "ML-KEM-768",
      combiner: "kdf",
      exchanges: false,
    },
    store: { pool } as unknown as OpenKeyPool,
    channel: channel as unknown as PeerEndpoint,
    hash,
    desk: {} as RelayDesk,
    ways: () => null,
    heard: async () => false,
    event: () => {},
    failed: (error) => told.push(error),
  });
  await made.start();
  return { made, answer, told };
}

it("tells of a store that fails", async () => {
  const { made, answer, told } = await pair();
  const ticked = made.tick(undefined);
  answer.reject(gone);
  await ticked;
  expect(told).toEqual([gone]);
  await made.close();
});

it("tells of none that was closed under what the pair still did when it left", async () => {
  const { made, answer, told } = await pair();
  const ticked = made.tick(undefined);
  await made.close();
  answer.reject(gone);
  await ticked;
  await made.tick(undefined);
  expect(told).toEqual([]);
});
