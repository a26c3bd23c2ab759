import { expect, it } from "vitest";
import { faultsOf } from "./run-by-itself.ts";

const CALLER = new URL("./call-with-mistakes.ts", import.meta.url);

it.concurrent.each([
  "index.ts",
  "protocol/index.ts",
  "physics/index.ts",
  "controller/node/index.ts",
  "emulator/index.ts",
  "client/index.ts",
  "emulator/testing/index.ts",
  "emulator/container/index.ts",
])("every function of %s refuses what it cannot mean", { timeout: 240_000 }, async (room) => {
  expect(await faultsOf(CALLER, new URL(`../../../${room}`, import.meta.url).href)).toEqual([]);
});

it("no part of a good call can be spoilt so that it fails otherwise, or does not end", {
  timeout: 240_000,
}, async () => {
  expect(await faultsOf(new URL("./spoil-good-calls.ts", import.meta.url))).toEqual([]);
});
