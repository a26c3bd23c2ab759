import { expect, it } from "vitest";
import { type Answered, DeliveryUsage } from "./delivery-usage.ts";

const answer = (change: Partial<Answered> = {}): Answered => ({
  sae: "a",
  call: "enc_keys",
  status: 200,
  durationMs: 3,
  gave: { origin: "qkd", keys: 2, bits: 512 },
  ...change,
});

it("counts keys of both sides, bits of those that were handed out here, and refusals for want of keys", () => {
  const usage = new DeliveryUsage();
  usage.add(answer());
  usage.add(answer({ call: "dec_keys", gave: { origin: "pqc", keys: 1, bits: 256 } }));
  usage.add(answer({ status: 503, gave: null }));
  usage.add(answer({ status: 400, gave: null }));
  usage.add(answer({ call: "status", gave: null }));
  usage.add(answer({ sae: null, status: 401, gave: null }));
  expect(usage.applications).toEqual([
    { sae: "a", keys: 3, takenBits: 512, refused: 1, lastOrigin: "pqc", latenciesMs: [3, 3] },
  ]);
});

it("remembers a bounded number of applications and of durations", () => {
  const usage = new DeliveryUsage();
  for (let index = 0; index < 1200; index += 1) usage.add(answer({ sae: `sae-${index}` }));
  for (let index = 0; index < 300; index += 1) usage.add(answer({ sae: "sae-0", durationMs: index }));
  expect(usage.applications).toHaveLength(1024);
  expect(usage.applications[0]?.latenciesMs).toEqual(Array.from({ length: 100 }, (_, index) => 200 + index));
});

it("tells every answer to those who follow, until they leave", () => {
  const usage = new DeliveryUsage();
  const heard: Answered[] = [];
  const leave = usage.follow((answered) => heard.push(answered));
  usage.add(answer({ sae: null }));
  leave();
  usage.add(answer());
  expect(heard).toHaveLength(1);
});
