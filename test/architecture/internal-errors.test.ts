import { expect, it } from "vitest";
import { bareCode } from "./laws/bare-code.ts";
import { isUnitTest, roomOf } from "./laws/source-file.ts";
import { sourceTree } from "./laws/source-tree.ts";

/**
 * Every place that makes a QKD_INTERNAL, with why nobody who uses the program gets there. Everything else that is thrown
 * and none of ours becomes one at the doors that `knownError` stands at.
 */
const INTERNAL: Readonly<Record<string, string>> = {
  "cli/check/tls-refusal.ts": "a handshake in memory has no network that could hold it up",
  "controller/outlets/explaining/diagnosis-thread.ts": "who asks waits for the answer before",
  "controller/outlets/explaining/diagnosis-worker.ts": "the file is started as a thread by its owner alone",
  "controller/peer/thread/peer-worker.ts": "the file is started as a thread by its owner alone",
  "controller/pool/anchor/anchor.ts": "the core answers an opening with a commit",
  "controller/pool/anchor/decide.ts": "the store opens its anchor before it works",
  "controller/pool/deletion/root-file.ts":
    "caught beside it: who removed the file is told QKD_KEYSTORE_UNREADABLE",
  "controller/pool/sqlite/link-ids.ts": "no block is stored of a pair that is not entered",
  "controller/pool/sqlite/open-anchored.ts": "the core answers an opening with a commit",
  "controller/pool/sqlite/pair-table.ts": "a pair is entered when it is opened",
  "controller/pool/sqlite/store-worker.ts": "the file is started as a thread by its owner alone",
  "emulator/link/light/optics-thread.ts": "the thread answers an order for a frame with a frame",
  "emulator/link/running-link.ts": "the schema admits only events that a course belongs to",
  "emulator/optics/effects/phase-drift.ts": "the number of slices is a constant",
  "emulator/schema/schema-check.ts": "the validator gives a reason with each refusal",
  "errors/error-class.ts": "knownError: what was thrown is none of ours",
};

const MADE = /new InternalError\(|errorOf\(\s*"QKD_INTERNAL"/;

it("nothing is called internal but what no user can bring about", () => {
  const places = sourceTree()
    .filter(({ path }) => !["test", "bench", "scripts"].includes(roomOf(path)) && !isUnitTest(path))
    .filter(({ text }) => MADE.test(bareCode(text)))
    .map(({ path }) => path);
  expect(places).toEqual(Object.keys(INTERNAL));
});
