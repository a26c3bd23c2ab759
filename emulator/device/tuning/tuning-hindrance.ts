import type { DeviceState } from "../device-mode.ts";
import type { LinkReadings } from "../keys/link-readings.ts";

/** Light that was counted longer ago tells nothing of now, seconds. */
const MOST_AGE_S = 5;
/** Below this multiple of the detectors' own clicks there is no signal. */
const LEAST_SIGNAL_TO_DARK = 3;

/** Why a device must not tune now, in words; undefined where nothing stands against it. */
export function tuningHindrance(now: {
  readonly state: DeviceState;
  readonly readings: LinkReadings | null;
  /** Since the light was counted last. */
  readonly ageS: number;
  readonly backgroundPerGate: number;
}): string | undefined {
  if (now.state !== "idle" && now.state !== "online") return `the device is ${now.state}`;
  if (now.ageS > MOST_AGE_S) return "its readings are stale";
  if (now.readings !== null && now.readings.gain < LEAST_SIGNAL_TO_DARK * now.backgroundPerGate)
    return "no light arrives (lossOfSignal)";
  return undefined;
}
