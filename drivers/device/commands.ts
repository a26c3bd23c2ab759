import type { CommandName, ReplyOf, RequestOf } from "../../protocol/index.ts";
import { printable } from "../session/printable.ts";
import type { CallOptions } from "../session/session.ts";
import { reconcileAlarms } from "./alarm-book.ts";
import { type DeviceIdentity, readIdentity } from "./identity.ts";
import type { TransceiverAlarm } from "./transceiver.ts";

export type DeviceStatus = ReplyOf<"getStatus">;
export type DeviceParameter = ReplyOf<"listParameters">["parameters"][number];
export type ParameterValue = RequestOf<"setParameter">["value"];
export type SelfTestResult = ReplyOf<"selfTest">["results"][number];
export type LogEntry = ReplyOf<"readLog">["entries"][number];
export type ResetKind = RequestOf<"reset">["what"];

/** Clock of the device against ours. */
export interface ClockComparison {
  /** How far the device is ahead, in ns; half the round trip is the most it can be wrong by. */
  readonly offsetNs: number;
  readonly roundTripNs: number;
}

/** Typed commands of a transceiver. Each rejects with a QkdError. */
export interface TransceiverCommands {
  /** Round trip in ms. */
  ping(): Promise<number>;
  identify(): Promise<DeviceIdentity>;
  status(): Promise<DeviceStatus>;
  listParameters(): Promise<readonly DeviceParameter[]>;
  getParameter(id: number): Promise<ParameterValue>;
  /** Gives the value the device took, which may be rounded to its resolution. */
  setParameter(id: number, value: ParameterValue): Promise<ParameterValue>;
  activeAlarms(): Promise<readonly TransceiverAlarm[]>;
  /** Only while the device is idle; takes up to a minute. */
  selfTest(): Promise<readonly SelfTestResult[]>;
  compareClocks(): Promise<ClockComparison>;
  /** After hard or factory the device hangs up; the driver reconnects. */
  reset(what: ResetKind): Promise<void>;
  /** Blinks the LED for so many seconds, 0 stops it. */
  identifyLed(durationS: number): Promise<void>;
  /** Log entries from `fromIndex` on that the device still has, at most `maxEntries` (100). */
  readLog(fromIndex?: number, maxEntries?: number): Promise<readonly LogEntry[]>;
}

/** Sends a command over whatever session is up. */
export type Call = <N extends CommandName>(
  name: N,
  request: RequestOf<N>,
  options?: CallOptions<ReplyOf<N>>,
) => Promise<ReplyOf<N>>;

const SELF_TEST_MS = 65_000;

/** The typed commands over `call`. `nowNs` is wall time since 1970. */
export function transceiverCommands(call: Call, nowNs: () => bigint): TransceiverCommands {
  return {
    async ping() {
      const before = performance.now();
      await call("ping", { token: nowNs() });
      return performance.now() - before;
    },
    identify: async () => readIdentity(await call("identify", {})),
    status: () => call("getStatus", {}),
    listParameters: async () =>
      (await call("listParameters", {})).parameters.map((parameter) => ({
        ...parameter,
        name: printable(parameter.name),
        unit: printable(parameter.unit),
      })),
    getParameter: async (id) => (await call("getParameter", { id })).value,
    setParameter: async (id, value) => (await call("setParameter", { id, value })).value,
    activeAlarms: async () => reconcileAlarms(new Map(), (await call("listAlarms", {})).alarms)[1],
    selfTest: async () =>
      (await call("selfTest", {}, { timeoutMs: SELF_TEST_MS })).results.map((result) => ({
        ...result,
        name: printable(result.name),
        unit: printable(result.unit),
        text: printable(result.text),
      })),
    async compareClocks() {
      let t4 = 0n;
      const t1 = nowNs();
      const { t1Ns, t2Ns, t3Ns } = await call(
        "timeSync",
        { t1Ns: t1 },
        {
          apply: () => {
            t4 = nowNs();
          },
        },
      );
      return {
        offsetNs: Number(t2Ns - t1Ns + (t3Ns - t4)) / 2,
        roundTripNs: Number(t4 - t1Ns - (t3Ns - t2Ns)),
      };
    },
    async reset(what) {
      await call("reset", { what });
    },
    async identifyLed(durationS) {
      await call("identifyLed", { durationS });
    },
    readLog: async (fromIndex = 0, maxEntries = 100) =>
      (await call("readLog", { fromIndex, maxEntries })).entries.map((entry) => ({
        ...entry,
        text: printable(entry.text),
      })),
  };
}
