import { describe, expect, it } from "vitest";
import { type BusOptions, checkBus, subjectToken } from "./bus-options.ts";

const GOOD: BusOptions = { servers: ["nats://127.0.0.1:4222"] };

describe("the options of a bus", () => {
  it.each<[string, BusOptions]>([
    ["on this machine", GOOD],
    ["by its IPv6 address", { servers: ["nats://[::1]:4222"] }],
    ["by name", { servers: ["nats://localhost:4222", "nats://127.0.0.2:4222"], network: "metro-1" }],
  ])("are right %s", (_, options) => expect(() => checkBus(options)).not.toThrow());

  it.each<[string, BusOptions, RegExp]>([
    ["no server", { servers: [] }, /nats\.servers has 0/],
    [
      "seventeen servers",
      { servers: Array.from({ length: 17 }, (_, i) => `nats://127.0.0.1:${1 + i}`) },
      /has 17/,
    ],
    ["no port", { servers: ["nats://127.0.0.1"] }, /no address of a server/],
    ["port 0", { servers: ["nats://127.0.0.1:0"] }, /no address of a server/],
    ["port 65536", { servers: ["nats://127.0.0.1:65536"] }, /no address of a server/],
    ["a user in the address", { servers: ["nats://user:word@127.0.0.1:4222"] }, /no address of a server/],
    ["another protocol", { servers: ["http://127.0.0.1:4222"] }, /no address of a server/],
    ["events in the clear", { servers: ["nats://10.0.0.7:4222"] }, /in the clear over a network/],
    ["a name that looks like this machine", { servers: ["nats://127.evil.example:4222"] }, /in the clear/],
    ["TLS without an authority", { servers: ["tls://10.0.0.7:4222"] }, /nats\.authority is needed/],
    ["an authority without TLS", { ...GOOD, tls: { ca: "x" } }, /nats\.authority has no effect/],
    ["both kinds", { servers: ["nats://127.0.0.1:1", "tls://127.0.0.1:2"] }, /mixes/],
    ["an authority that is none", { servers: ["tls://10.0.0.7:4222"], tls: { ca: "x" } }, /nats\.authority/],
    ["a network of two parts", { ...GOOD, network: "a.b" }, /nats\.network \(a\.b\)/],
    ["a stream of all", { ...GOOD, stream: ">" }, /nats\.stream \(>\)/],
    ["telemetry without a pause", { ...GOOD, telemetryS: 0 }, /telemetryS/],
  ])("are refused with %s", (_, options, said) => expect(() => checkBus(options)).toThrow(said));

  it("make a name one part of a subject", () => {
    expect(["kme.north", "a b>*", "", "ü", "ok-1_2"].map(subjectToken)).toEqual([
      "kme_north",
      "a_b__",
      "_",
      "_",
      "ok-1_2",
    ]);
    expect(subjectToken("x".repeat(99))).toHaveLength(64);
  });
});
