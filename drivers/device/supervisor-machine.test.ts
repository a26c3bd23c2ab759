import { describe, expect, it } from "vitest";
import { DeviceError, TransportError } from "../../errors/index.ts";
import { backOffMs } from "./back-off.ts";
import {
  newSupervisor,
  type SupervisorEffect,
  type SupervisorInput,
  stepSupervisor,
} from "./supervisor-machine.ts";

const POLICY = { initialMs: 100, maxMs: 1_000, factor: 2, jitter: 0.5 };
const gone = new TransportError("QKD_TRANSPORT_CLOSED", "gone", { retryable: true });
const badCertificate = new TransportError("QKD_TRANSPORT_TLS", "who is that");
const stranger = new DeviceError("QKD_DEVICE_IDENTITY", "a stranger");

const start: SupervisorInput = { type: "start" };
const connected: SupervisorInput = { type: "connected" };
const timer: SupervisorInput = { type: "timer" };
const deadline: SupervisorInput = { type: "deadline" };
const close: SupervisorInput = { type: "close" };
/** Random 0.5 is the middle of the jitter: the plain wait. */
const failed = (error: TransportError | DeviceError = gone): SupervisorInput => ({
  type: "failed",
  error,
  random: 0.5,
});
const lost = (error: TransportError | DeviceError = gone): SupervisorInput => ({
  type: "lost",
  error,
  random: 0.5,
});

function word(effect: SupervisorEffect): string {
  if (effect.type === "publish") return effect.state;
  if (effect.type === "startTimer") return `wait ${effect.ms}`;
  if (effect.type === "giveUp") return `give up ${effect.error.code}`;
  return effect.type;
}

function run(inputs: readonly SupervisorInput[]): string[] {
  let state = newSupervisor(POLICY);
  return inputs.map((input) => {
    const [next, effects] = stepSupervisor(state, input);
    state = next;
    return effects.map(word).join(", ");
  });
}

describe("the supervisor", () => {
  it.each<[string, SupervisorInput[], string[]]>([
    ["connects", [start, connected], ["connecting, connect", "online"]],
    ["starts once", [start, start], ["connecting, connect", ""]],
    [
      "waits longer after each failure, up to a limit, and starts afresh after a success",
      [
        start,
        failed(),
        timer,
        failed(),
        timer,
        failed(),
        timer,
        failed(),
        timer,
        failed(),
        timer,
        connected,
        lost(),
      ],
      [
        "connecting, connect",
        "disconnect, wait 100",
        "connect",
        "disconnect, wait 200",
        "connect",
        "disconnect, wait 400",
        "connect",
        "disconnect, wait 800",
        "connect",
        "disconnect, wait 1000",
        "connect",
        "online",
        "disconnect, reconnecting, wait 100",
      ],
    ],
    [
      "gives up at once when the first connection fails for good",
      [start, failed(badCertificate), timer],
      ["connecting, connect", "stopTimer, disconnect, closed, give up QKD_TRANSPORT_TLS", ""],
    ],
    [
      "keeps trying after it has been online, whatever the failure",
      [start, connected, lost(), timer, failed(badCertificate)],
      [
        "connecting, connect",
        "online",
        "disconnect, reconnecting, wait 100",
        "connect",
        "disconnect, wait 200",
      ],
    ],
    [
      "never goes back to a stranger",
      [start, connected, lost(), timer, failed(stranger), timer],
      [
        "connecting, connect",
        "online",
        "disconnect, reconnecting, wait 100",
        "connect",
        "stopTimer, disconnect, closed, give up QKD_DEVICE_IDENTITY",
        "",
      ],
    ],
    [
      "gives up at the deadline with the last error",
      [start, failed(), deadline, timer],
      [
        "connecting, connect",
        "disconnect, wait 100",
        "stopTimer, disconnect, closed, give up QKD_TRANSPORT_CLOSED",
        "",
      ],
    ],
    [
      "lets an attempt that is under way at the deadline finish, but none follow",
      [start, deadline, failed()],
      ["connecting, connect", "", "stopTimer, disconnect, closed, give up QKD_TRANSPORT_CLOSED"],
    ],
    [
      "ignores the deadline once it was online",
      [start, connected, deadline],
      ["connecting, connect", "online", ""],
    ],
    [
      "closes from every phase and drops a connection that comes too late",
      [start, close, connected, close, failed(), timer],
      ["connecting, connect", "stopTimer, disconnect, closed", "disconnect", "", "", ""],
    ],
    ["ignores a loss while it is not online", [start, lost()], ["connecting, connect", ""]],
  ])("%s", (_sentence, inputs, effects) => {
    expect(run(inputs)).toEqual(effects);
  });

  it("spreads its waits over the jitter", () => {
    expect(backOffMs(POLICY, 1, 0)).toBe(50);
    expect(backOffMs(POLICY, 1, 0.999_999)).toBe(150);
    expect(backOffMs(POLICY, 1_000, 0.5)).toBe(1_000);
  });
});

describe("a connection that nobody waits for", () => {
  it.each([
    ["while the next attempt waits", [start, failed()]],
    ["beside one that stands", [start, connected]],
    ["after the end", [start, close]],
  ])("%s is dropped", (_when, before) => {
    let state = newSupervisor(POLICY);
    for (const input of before) [state] = stepSupervisor(state, input);
    expect(stepSupervisor(state, connected)[1]).toEqual([{ type: "disconnect" }]);
  });
});
