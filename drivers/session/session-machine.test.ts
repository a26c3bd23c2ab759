import { describe, expect, it } from "vitest";
import {
  newSession,
  type SessionEffect,
  type SessionInput,
  type SessionLimits,
  type SessionState,
  stepSession,
} from "./session-machine.ts";

const LIMITS: SessionLimits = { window: 2, waiting: 1, attempts: 3, patience: 2 };
const NO_BYTES = new Uint8Array();

const request = (ticket: number, idempotent = true): SessionInput => ({
  type: "request",
  request: { ticket, opcode: 0x10 + ticket, payload: NO_BYTES, idempotent, timeoutMs: 100 },
});
const reply = (sequence: number, opcode: number, kind: "reply" | "error" = "reply"): SessionInput => ({
  type: "frame",
  kind,
  sequence,
  opcode,
  payload: Uint8Array.of(sequence & 0xff),
});
const timeout = (sequence: number, receiving = false): SessionInput => ({
  type: "timeout",
  sequence,
  receiving,
});

/** One short word for each effect. */
function word(effect: SessionEffect): string {
  switch (effect.type) {
    case "send":
      return `${effect.repeat ? "repeat" : "send"} ${effect.sequence}`;
    case "startTimer":
      return `timer ${effect.sequence} ${effect.ms}`;
    case "stopTimer":
      return `stop ${effect.sequence}`;
    case "settle":
      return `settle ${effect.ticket} ${effect.outcome} x${effect.attempts}`;
    case "event":
      return `event ${effect.opcode}`;
  }
}

function run(inputs: readonly SessionInput[], firstSequence = 7, limits = LIMITS) {
  let state: SessionState = newSession(limits, firstSequence);
  const effects = inputs.map((input) => {
    const [next, made] = stepSession(state, input);
    state = next;
    return made.map(word).join(", ");
  });
  return { effects, state };
}

describe("a session", () => {
  it.each<[string, SessionInput[], string[]]>([
    [
      "sends a request and settles it with its reply",
      [request(1), reply(7, 0x11)],
      ["send 7, timer 7 100", "stop 7, settle 1 reply x1"],
    ],
    [
      "settles a refusal as an error",
      [request(1), reply(7, 0x11, "error")],
      ["send 7, timer 7 100", "stop 7, settle 1 error x1"],
    ],
    [
      "matches replies in any order",
      [request(1), request(2), reply(8, 0x12), reply(7, 0x11)],
      [
        "send 7, timer 7 100",
        "send 8, timer 8 100",
        "stop 8, settle 2 reply x1",
        "stop 7, settle 1 reply x1",
      ],
    ],
    [
      "repeats an idempotent request with the same sequence and gives up after three attempts",
      [request(1), timeout(7), timeout(7), timeout(7)],
      ["send 7, timer 7 100", "repeat 7, timer 7 100", "repeat 7, timer 7 100", "settle 1 timeout x3"],
    ],
    [
      "never repeats a request that is not idempotent",
      [request(1, false), timeout(7)],
      ["send 7, timer 7 100", "settle 1 timeout x1"],
    ],
    [
      "waits longer while a long frame is coming in, but not for ever",
      [request(1, false), timeout(7, true), timeout(7, true), timeout(7, true)],
      ["send 7, timer 7 100", "timer 7 100", "timer 7 100", "settle 1 timeout x1"],
    ],
    [
      "keeps a request waiting while the window is full and refuses what has no room to wait",
      [request(1), request(2), request(3), request(4), reply(7, 0x11)],
      [
        "send 7, timer 7 100",
        "send 8, timer 8 100",
        "",
        "settle 4 refused x0",
        "stop 7, settle 1 reply x1, send 9, timer 9 100",
      ],
    ],
    [
      "lets a waiting request in when another one times out",
      [request(1, false), request(2), request(3), timeout(7)],
      ["send 7, timer 7 100", "send 8, timer 8 100", "", "settle 1 timeout x1, send 9, timer 9 100"],
    ],
    [
      "passes events through between request and reply",
      [
        request(1),
        { type: "frame", kind: "event", sequence: 7, opcode: 0x8030, payload: NO_BYTES },
        reply(7, 0x11),
      ],
      ["send 7, timer 7 100", "event 32816", "stop 7, settle 1 reply x1"],
    ],
    [
      "does not mistake a late reply for the answer to the next request",
      [request(1, false), timeout(7), request(2), reply(7, 0x12), reply(8, 0x12)],
      ["send 7, timer 7 100", "settle 1 timeout x1", "send 8, timer 8 100", "", "stop 8, settle 2 reply x1"],
    ],
    [
      "takes the first of two replies to a repeated request",
      [request(1), timeout(7), reply(7, 0x11), reply(7, 0x11)],
      ["send 7, timer 7 100", "repeat 7, timer 7 100", "stop 7, settle 1 reply x2", ""],
    ],
    ["ignores a reply with another opcode", [request(1), reply(7, 0x99)], ["send 7, timer 7 100", ""]],
    [
      "ignores the timer of a settled request",
      [request(1), reply(7, 0x11), timeout(7)],
      ["send 7, timer 7 100", "stop 7, settle 1 reply x1", ""],
    ],
    [
      "settles everything when it is closed, once",
      [request(1), request(2), request(3), { type: "closed" }, { type: "closed" }, request(4)],
      [
        "send 7, timer 7 100",
        "send 8, timer 8 100",
        "",
        "stop 7, settle 1 closed x1, stop 8, settle 2 closed x1, settle 3 closed x0",
        "",
        "settle 4 closed x0",
      ],
    ],
  ])("%s", (_sentence, inputs, effects) => {
    expect(run(inputs).effects).toEqual(effects);
  });

  it("counts what went wrong without harm", () => {
    const { state } = run([
      request(1),
      timeout(7),
      reply(7, 0x11),
      reply(7, 0x11),
      reply(99, 0x11),
      { type: "frame", kind: "request", sequence: 1, opcode: 1, payload: NO_BYTES },
      request(2, false),
      timeout(8),
      reply(8, 0x12),
    ]);
    expect(state.counters).toEqual({
      repeats: 1,
      timeouts: 1,
      lateReplies: 2,
      strayReplies: 1,
      strayRequests: 1,
      lostEvents: 0,
    });
  });

  it.each([
    ["none in a row", [65_534, 65_535, 0, 1], 0],
    ["those in a gap", [3, 7], 3],
    ["none before the first", [500], 0],
  ])("counts lost events by their counter: %s", (_name, sequences, lostEvents) => {
    const events = sequences.map(
      (sequence): SessionInput => ({
        type: "frame",
        kind: "event",
        sequence,
        opcode: 0x8030,
        payload: NO_BYTES,
      }),
    );
    expect(run(events).state.counters.lostEvents).toBe(lostEvents);
  });

  it("wraps its sequence at 16 bits and steps over sequences still in use", () => {
    let state = newSession(LIMITS, 65_535);
    const sequences: number[] = [];
    const step = (input: SessionInput) => {
      const [next, effects] = stepSession(state, input);
      state = next;
      for (const effect of effects)
        if (effect.type === "send" && !effect.repeat) sequences.push(effect.sequence);
    };
    step(request(1));
    step(request(2));
    expect(sequences).toEqual([65_535, 0]);
    // 65,535 stays in flight while every other sequence is used once.
    for (let round = 0; round < 65_535; round++) {
      step(reply(sequences.at(-1)!, 0x12));
      step(request(2));
    }
    expect(sequences.at(-1)).toBe(0);
    expect(sequences.slice(1)).not.toContain(65_535);
  });
});

describe("the sequence of a request", () => {
  it("is none that is in flight, nor one whose late reply may still come", () => {
    const settled = { ...newSession(LIMITS, 65_534), settled: [65_534, 0] };
    const [first, sent] = stepSession(settled, request(1));
    const [, again] = stepSession(first, request(2));
    const sequences = [...sent, ...again].flatMap((effect) =>
      effect.type === "send" ? [effect.sequence] : [],
    );
    expect(sequences).toEqual([65_535, 1]);
  });
});
