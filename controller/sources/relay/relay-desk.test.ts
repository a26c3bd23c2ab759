import { describe, expect, it } from "vitest";
import { createKernels } from "../../../kernels/index.ts";
import { relayHop, SecretBytes } from "../../../protocol/index.ts";
import type { PadsCommitted } from "../../pool/pads/pad-store.ts";
import { RelayDesk } from "./relay-desk.ts";
import type { RelayProposal } from "./relay-state.ts";
import { type RelayedBlock, relayedBlockId } from "./relayed-block.ts";
import { sealHop } from "./seal-hop.ts";

const { hash } = await createKernels();

const block: RelayedBlock = {
  nonce: "11".repeat(16),
  sequence: 0,
  createdAtMs: 1,
  blockBytes: 2 ** 16,
  epsilon: { secrecy: 0.5, correctness: 0, authentication: 0 },
  auth: "information-theoretic",
  paths: [["a", "b", "c"]],
};
const TRACE = { traceId: "0".repeat(32), spanId: "0".repeat(16) };
const proposal: RelayProposal = {
  blockId: relayedBlockId(block),
  block,
  rank: "ordinary",
  leftMs: 2000,
  ...TRACE,
};

/** A hop from b to c that nearly fills a message. */
function largeHop(): Uint8Array {
  const { nonce, sequence, createdAtMs, blockBytes, epsilon, auth, paths } = block;
  const pad = { epsilon: 0, auth };
  const hop = {
    sender: "b",
    receiver: "c",
    blockId: proposal.blockId,
    nonce,
    sequence,
    createdAtMs,
    blockBytes,
    ...epsilon,
    auth,
    shares: paths.map((path) => ({ path })),
    share: 0,
    position: 1,
    rank: "ordinary" as const,
    leftMs: 2000,
    ...TRACE,
    places: [{ sequence: 1, offset: 0, length: blockBytes + 32 }],
    trail: [pad, pad],
  };
  const sealed = sealHop(hash, hop, new Uint8Array(blockBytes + 32), new Uint8Array(blockBytes));
  return Uint8Array.from(Buffer.concat(relayHop.encode(sealed)));
}

/** A desk whose store answers when the test says so. */
function deskOf(node: string) {
  const store = Promise.withResolvers<PadsCommitted>();
  const desk = new RelayDesk({
    node,
    hash,
    pads: { commit: () => store.promise },
    send: async () => {},
    towards: () => ({ way: "up", leastLeftBytes: 0 }),
    offer: async () => true,
    giveUp: async () => {},
    steadyMs: () => 0,
    tell: () => {},
  });
  return { desk, store };
}

describe("a desk of relays", () => {
  it("takes no more than 4 MiB of hops that wait for the store, and takes on when that answers", async () => {
    const { desk, store } = deskOf("c");
    const body = largeHop();
    const most = Math.ceil((4 << 20) / (body.length + 256)) - 1;
    const taken = Array.from({ length: most }, () => desk.receive("b", relayHop.kind, body));
    await expect(desk.receive("b", relayHop.kind, body)).rejects.toMatchObject({
      code: "QKD_PEER_PROTOCOL",
      retryable: true,
    });
    store.resolve({ failure: "used", opened: null, taken: [] });
    await Promise.all(taken);
    expect(await desk.receive("b", relayHop.kind, body)).toBe(true);
  });

  it("begins nothing more once it is closed, and says so", async () => {
    const { desk, store } = deskOf("a");
    const first = desk.propose(proposal);
    const closing = desk.close();
    const later = desk.propose(proposal);
    store.resolve({ failure: "exhausted", opened: null, taken: [] });
    await closing;
    expect([await first, await later, await desk.propose(proposal)]).toEqual(["closed", "closed", "closed"]);
  });

  it("wipes what was opened and taken also where something fails afterwards", async () => {
    const { desk, store } = deskOf("a");
    const material = new SecretBytes(new Uint8Array(7).fill(1));
    const opened = new SecretBytes(new Uint8Array(7).fill(1));
    store.resolve({
      failure: null,
      opened,
      taken: [{ places: [], material, epsilon: 0, auth: "information-theoretic" }],
    });
    await expect(desk.propose(proposal)).rejects.toMatchObject({ code: "QKD_KEYSTORE_REQUEST" });
    for (const secret of [material, opened]) expect([...secret.reveal()]).toEqual(new Array(7).fill(0));
  });

  it("goes on after the store failed once", async () => {
    const { desk, store } = deskOf("a");
    store.reject(new Error("the disk"));
    await expect(desk.propose(proposal)).rejects.toThrow("the disk");
    await expect(desk.propose(proposal)).rejects.toThrow("the disk");
  });
});
