import { expect, it } from "vitest";
import { faultsOf } from "./run-by-itself.ts";

const CALLER = new URL("./call-with-mistakes.ts", import.meta.url);

const ROOMS = [
  "index.ts",
  "protocol/index.ts",
  "physics/index.ts",
  "controller/node/index.ts",
  "emulator/index.ts",
  "client/index.ts",
  "emulator/testing/index.ts",
  "emulator/container/index.ts",
];

it("every function of a room refuses what it cannot mean", { timeout: 240_000 }, async () => {
  const rooms = ROOMS.map((room) => new URL(`../../../${room}`, import.meta.url).href);
  expect(await faultsOf(CALLER, ...rooms)).toEqual([]);
});

it("no part of a good call can be spoilt so that it fails otherwise, or does not end", {
  timeout: 240_000,
}, async () => {
  expect(await faultsOf(new URL("./spoil-good-calls.ts", import.meta.url))).toEqual([]);
});
