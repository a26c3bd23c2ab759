import { BehaviorSubject, NEVER, Subject } from "rxjs";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Controller, ControllerEvent, PeerState } from "../controller/index.ts";
import type { OpenedTransceiver } from "../drivers/index.ts";
import { PeerError, type QkdError } from "../errors/index.ts";
import { BoundedLog } from "./bounded-log.ts";
import type { SiteConfig } from "./config/read-config.ts";
import { SiteLog } from "./site-log.ts";

const logs: SiteLog[] = [];
afterEach(() => {
  for (const log of logs.splice(0)) log.close();
  vi.useRealTimers();
});

function followed(json: boolean) {
  const failures$ = new Subject<QkdError>();
  const peerState$ = new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null });
  const events$ = new Subject<ControllerEvent>();
  const progress$ = new Subject<object>();
  const lines: string[] = [];
  const raw: string[] = [];
  const out = {
    writableLength: 0,
    write: (text: string) => {
      raw.push(text);
      return lines.push(text.trimEnd().replace(/^\d\d:\d\d:\d\d /, "")) > 0;
    },
  };
  const log = new SiteLog(new BoundedLog(out, json), json);
  const controller = { role: "bob", peerPort: null, delivery: null, blocks$: NEVER, progress$ };
  log.follow(
    { ...controller, failures$, peerState$, events$ } as unknown as Controller,
    {
      identity: { model: "M", serial: "S" },
      diagnostics: () => ({ frames: { missing: 0 } }),
    } as OpenedTransceiver,
    { peer: { connect: "tls://a" } } as SiteConfig,
  );
  lines.length = 0;
  const unreachable = () => {
    const error = new PeerError("QKD_PEER_UNREACHABLE", "the peer site cannot be reached");
    failures$.next(error);
    peerState$.next({ state: "down", epoch: 0, error });
    return error.line;
  };
  const up = () => peerState$.next({ state: "up", epoch: 1, error: null });
  logs.push(log);
  return { lines, raw, progress$, unreachable, up, events$, failures$, log };
}

describe("the log of a site", () => {
  it("tells people each event in one line with the time of day, programs without it", () => {
    const [people, programs] = [followed(false), followed(true)];
    for (const { up, raw } of [people, programs]) {
      raw.length = 0;
      up();
    }
    expect(people.raw).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d peer up\n$/)]);
    expect(programs.raw).toEqual([expect.stringMatching(/^\{"type":"peer".*\}\n$/)]);
  });

  it("tells people a failed connection once, and again after the peer was there", () => {
    const { lines, unreachable, up } = followed(false);
    const line = unreachable();
    unreachable();
    unreachable();
    up();
    unreachable();
    expect(lines).toEqual([line, "peer down", "peer up", line, "peer down"]);
  });

  it("tells people progress only where there is some, programs every time", () => {
    vi.useFakeTimers();
    const counts = { siftedZ: 2, siftedX: 1, secretBits: 0 };
    const [people, programs] = [followed(false), followed(true)];
    for (const { progress$ } of [people, programs])
      for (const detections of [10, 10, 20]) {
        progress$.next({ ...counts, detections });
        vi.advanceTimersByTime(10_000);
      }
    expect(people.lines).toEqual([
      "10 detections, 3 sifted, 0 secret bits",
      "20 detections, 3 sifted, 0 secret bits",
    ]);
    expect(programs.lines.map((line) => JSON.parse(line).detections)).toEqual([10, 10, 20]);
  });

  it("tells programs of a flood of attempts the first, and how many there were", () => {
    vi.useFakeTimers();
    const { lines, unreachable, log } = followed(true);
    for (let times = 0; times < 10_000; times++) unreachable();
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(["failure", "peer"]);
    lines.length = 0;
    vi.advanceTimersByTime(1000);
    unreachable();
    log.close();
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ type: "failure", code: "QKD_PEER_UNREACHABLE", times: 9999, withinMs: 1000 }),
      expect.objectContaining({ type: "failure", code: "QKD_PEER_UNREACHABLE", times: 1 }),
      { type: "stopped" },
    ]);
  });

  it.each([
    { type: "authRecovered", atMs: 1, round: 1 },
    { type: "authResumed", atMs: 1, offset: 1056 },
  ] as const)(
    "tells no more of a used-up reserve once $type says that it is over, and again if it comes back",
    (over) => {
      vi.useFakeTimers();
      const { lines, failures$, events$ } = followed(true);
      const exhausted = () =>
        failures$.next(new PeerError("QKD_AUTH_EXHAUSTED", "no authentication key is left"));
      for (let times = 0; times < 5; times++) exhausted();
      events$.next(over);
      vi.advanceTimersByTime(120_000);
      expect(lines.map((line) => JSON.parse(line).type)).toEqual(["failure", over.type]);
      exhausted();
      expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ type: "failure", code: "QKD_AUTH_EXHAUSTED" });
      expect(JSON.parse(lines.at(-1) ?? "")).not.toHaveProperty("times");
    },
  );

  it("names the fields whose change waits for the next start", () => {
    const [people, programs] = [followed(false), followed(true)];
    for (const { log } of [people, programs])
      for (const fields of [[], ["link.lossDb", "store.path"]]) log.reloaded(fields);
    expect(people.lines).toEqual([
      "configuration reloaded",
      "configuration reloaded; at the next start counts the change of link.lossDb, store.path",
    ]);
    expect(programs.lines.map((line) => JSON.parse(line))).toEqual([
      { type: "reloaded", needsRestart: false, fields: [] },
      { type: "reloaded", needsRestart: true, fields: ["link.lossDb", "store.path"] },
    ]);
  });

  it("says nothing of the end of a site that never ran", () => {
    const { lines, log } = followed(false);
    log.close(false);
    expect(lines).toEqual([]);
  });

  it("tells people what an event says without its time of day", () => {
    const { lines, events$ } = followed(false);
    events$.next({ type: "poolLow", atMs: 1, availableBits: 0, lowBits: 65_536 });
    events$.next({ type: "linkDegraded", atMs: 1, reason: "peerUnreachable" });
    expect(lines).toEqual([
      "poolLow: availableBits 0, lowBits 65536",
      "linkDegraded: reason peerUnreachable",
    ]);
  });
});
