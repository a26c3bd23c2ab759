import {
  CALIBRATION_STEPS,
  CAPABILITIES,
  COMMANDS,
  type CommandName,
  MAX_PAYLOAD_BYTES,
  type ParameterName,
  type ReplyOf,
  type RequestOf,
} from "../../../protocol/index.ts";
import type { ActiveAlarm } from "../alarms/alarm-board.ts";
import {
  type CalibrationStep,
  type CalibrationVariant,
  STEPS_OF_ROLE,
} from "../calibration/calibration-run.ts";
import type { TestResult } from "../calibration/self-test.ts";
import type { DeviceLog } from "../device-log.ts";
import { type DeviceProfile, MAX_DETECTIONS_PER_FRAME } from "../device-profile.ts";
import { MAX_CREDIT_FRAMES } from "../keys/frame-outbox.ts";
import type { KeyExchange } from "../keys/key-exchange.ts";
import type { ParameterStore, ParameterValue } from "../parameters/parameter-store.ts";
import { Refusal } from "../refusal.ts";
import type { DeviceService } from "../service/device-service.ts";
import type { DeviceSession } from "./device-session.ts";

/** What the commands need from their device. */
export interface CommandTarget {
  readonly profile: DeviceProfile;
  readonly parameters: ParameterStore;
  readonly log: DeviceLog;
  readonly alarms: readonly ActiveAlarm[];
  readonly keyExchange: KeyExchange | undefined;
  readonly status: ReplyOf<"getStatus">;
  readonly service: DeviceService<DeviceSession>;
  wallNs(): bigint;
  setParameter(name: ParameterName, value: ParameterValue): void;
  startKeyExchange(
    owner: DeviceSession,
    detectionsPerFrame: number,
    creditFrames: number,
  ): ReplyOf<"startKeyExchange">;
  stopKeyExchange(why: string): void;
  creditGranted(): void;
  selfTest(): TestResult[];
  startCalibration(steps: readonly CalibrationStep[], variant: CalibrationVariant): number;
  reset(what: "soft" | "hard" | "factory"): void;
  hangUpAll(except: DeviceSession): void;
  blinkLed(seconds: number): void;
  clearAlarmLatches(): void;
}

type Handler<N extends CommandName> = (
  device: CommandTarget,
  request: RequestOf<N>,
  session: DeviceSession,
) => ReplyOf<N>;

const TABLE: { readonly [N in CommandName]: Handler<N> } = {
  ping: (_device, { token }) => ({ token }),
  identify: ({ profile }) => ({
    protocolVersion: 1,
    ...profile,
    capabilities: [...CAPABILITIES],
    limits: {
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      maxDetectionsPerFrame: MAX_DETECTIONS_PER_FRAME,
      maxCreditFrames: MAX_CREDIT_FRAMES,
    },
  }),
  listParameters: ({ parameters }) => ({ parameters: parameters.list() }),
  getParameter: ({ parameters }, { id }) => ({ id, value: parameters.value(parameters.nameOf(id)) }),
  setParameter: (device, { id, value }) => {
    const name = device.parameters.nameOf(id);
    device.setParameter(name, device.parameters.check(name, value));
    return { id, value: device.parameters.value(name) };
  },
  startKeyExchange: (device, { detectionsPerFrame, creditFrames }, session) => {
    if (detectionsPerFrame < 1 || detectionsPerFrame > MAX_DETECTIONS_PER_FRAME)
      throw new Refusal("outOfRange", `a frame holds from 1 to ${MAX_DETECTIONS_PER_FRAME} detections`);
    if (creditFrames > MAX_CREDIT_FRAMES)
      throw new Refusal("outOfRange", `at most ${MAX_CREDIT_FRAMES} frames may be granted ahead`);
    return device.startKeyExchange(session, detectionsPerFrame, creditFrames);
  },
  stopKeyExchange: (device, { sessionNumber }, session) => {
    const running = device.keyExchange;
    if (running === undefined) return { sessionNumber: 0 };
    if (sessionNumber !== 0 && sessionNumber !== running.number)
      throw new Refusal("wrongState", `key exchange ${sessionNumber} is not the running one`);
    if (running.owner !== session) throw new Refusal("busy", "another connection owns the key exchange");
    device.stopKeyExchange("stopped by its owner");
    return { sessionNumber: running.number };
  },
  credit: (device, { sessionNumber, ...grant }, session) => {
    const running = device.keyExchange;
    if (running === undefined || running.number !== sessionNumber)
      throw new Refusal("wrongState", `key exchange ${sessionNumber} is not running`);
    if (running.owner !== session) throw new Refusal("busy", "another connection owns the key exchange");
    running.outbox.grant(grant);
    device.creditGranted();
    const { creditLimit, nextFrameId, counts } = running.outbox;
    return { sessionNumber, creditLimit, nextFrameId, droppedFrames: counts.dropped };
  },
  getStatus: ({ status }) => status,
  listAlarms: ({ alarms }) => ({ alarms: alarms.map(({ name: _name, ...alarm }) => alarm) }),
  selfTest: (device) => ({ results: device.selfTest() }),
  startCalibration: (device, { step, variant }) => {
    const own = STEPS_OF_ROLE[device.profile.role];
    if (step !== "all" && !own.includes(step))
      throw new Refusal("notSupported", `a ${device.profile.role} has no step ${CALIBRATION_STEPS[step]}`);
    const steps = step === "all" ? own : [step];
    return { run: device.startCalibration(steps, variant), steps: steps.length };
  },
  timeSync: (device, { t1Ns }) => {
    const t2Ns = device.wallNs();
    return { t1Ns, t2Ns, t3Ns: device.wallNs() };
  },
  reset: (device, { what }, session) => {
    device.reset(what);
    if (what !== "soft") {
      device.hangUpAll(session);
      session.hangUpAfterReply();
    }
    return {};
  },
  identifyLed: (device, { durationS }) => {
    device.blinkLed(durationS);
    return {};
  },
  readLog: ({ log }, { fromIndex, maxEntries }) => log.read(fromIndex, maxEntries),
  resetAlarmLatch: (device) => {
    device.clearAlarmLatches();
    return {};
  },
  describe: ({ service }) => service.description,
  lease: ({ service }, request, session) => service.lease.ask(session, request),
  startMeasurement: ({ service }, request, session) => ({ run: service.startMeasurement(session, request) }),
  stopMeasurement: ({ service }, { run }, session) => ({ run: service.stopMeasurement(session, run) }),
  readHistogram: ({ service }, request) => service.readHistogram(request),
  tune: ({ service }, request) => service.tune(request),
};

/** Carries out one command, unless it writes while somebody else has the lease. Throws Refusal. */
export function carryOut<N extends CommandName>(
  device: CommandTarget,
  name: N,
  request: RequestOf<N>,
  session: DeviceSession,
): ReplyOf<N> {
  if (COMMANDS[name].writes) device.service.lease.check(session);
  return TABLE[name](device, request, session);
}
