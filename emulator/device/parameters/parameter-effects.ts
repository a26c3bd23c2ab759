import type { LinkParameters } from "../../../physics/index.ts";
import type { ParameterName } from "../../../protocol/index.ts";
import type { OpticsControl } from "../../optics/control.ts";
import type { Role } from "../device-profile.ts";
import type { DeviceWorld } from "../device-world.ts";
import { Refusal } from "../refusal.ts";
import type { ParameterDefaults, ParameterStore } from "./parameter-store.ts";

/** Breakdown voltage of the detectors at their nominal temperature. */
const BREAKDOWN_V = 55;
/** Excess bias at which the link's detector efficiency holds. */
const NOMINAL_EXCESS_V = 2.5;
/** The optics know excess biases up to this. */
const MAX_EXCESS_V = 6;
/** Detector temperature at which the link's parameters hold. */
const NOMINAL_DETECTOR_C = -30;

/** Parameters of a device as it leaves the factory: a link exactly as its parameters describe it, but for `settings`. */
export function defaultsFor(
  link: LinkParameters,
  settings: ParameterDefaults["values"] = {},
): ParameterDefaults {
  const [u, v, w] = link.intensities;
  return {
    values: {
      clockHz: link.clockHz,
      detectionsPerFrame: 1 << 18,
      statusIntervalMs: 1000,
      laserEnabled: 1,
      attenuationDb: 0,
      meanPhotonsU: u,
      meanPhotonsV: v,
      meanPhotonsW: w,
      detectorBiasV: BREAKDOWN_V + NOMINAL_EXCESS_V,
      detectorTemperatureC: NOMINAL_DETECTOR_C,
      gateDelayPs: 0,
      modulatorBiasOffsetV: 0,
      phaseOffsetRad: 0,
      gateSkewPs: 0,
      detector0BiasTrimV: 0,
      detector1BiasTrimV: 0,
      deadTimeGates: link.deadGates,
      ...settings,
    },
    ranges: { detectorBiasV: [0, BREAKDOWN_V + MAX_EXCESS_V], detectorTemperatureC: [-60, 20] },
  };
}

/**
 * Makes the optics obey a parameter's present value. `opticsAllowed` is false while the device holds its laser off.
 * Throws Refusal outOfRange for values that contradict each other.
 */
export function applyParameter(
  name: ParameterName,
  parameters: ParameterStore,
  world: Pick<DeviceWorld, "act" | "addLoss">,
  role: Role,
  opticsAllowed: boolean,
): void {
  const control = actOf(name, parameters, opticsAllowed);
  if (control !== undefined) world.act(control);
  if (name === "attenuationDb") world.addLoss(role, parameters.number(name));
}

/**
 * What a parameter's present value does to the optics, or undefined where it does nothing or acts as a loss. Throws
 * Refusal outOfRange for intensities that are not in the order u > v > w.
 */
function actOf(
  name: ParameterName,
  parameters: ParameterStore,
  opticsAllowed: boolean,
): OpticsControl | undefined {
  const value = parameters.number(name);
  switch (name) {
    case "laserEnabled":
      return { type: "laser", on: value === 1 && opticsAllowed };
    case "meanPhotonsU":
    case "meanPhotonsV":
    case "meanPhotonsW": {
      const [u, v, w] = [
        parameters.number("meanPhotonsU"),
        parameters.number("meanPhotonsV"),
        parameters.number("meanPhotonsW"),
      ];
      if (!(u > v && v > w)) throw new Refusal("outOfRange", "mean photon numbers must be u > v > w");
      return { type: "intensities", intensities: [u, v, w] };
    }
    case "detectorBiasV":
      return { type: "detectorBias", volt: Math.max(0, value - BREAKDOWN_V) };
    case "gateDelayPs":
    case "gateSkewPs":
      return {
        type: "gateSetting",
        delayPs: parameters.number("gateDelayPs"),
        skewPs: parameters.number("gateSkewPs"),
      };
    case "phaseOffsetRad":
      return { type: "phaseSetting", radian: value };
    case "modulatorBiasOffsetV":
      return { type: "modulatorSetting", volt: value };
    case "detector0BiasTrimV":
    case "detector1BiasTrimV":
      return {
        type: "biasTrim",
        volt: [parameters.number("detector0BiasTrimV"), parameters.number("detector1BiasTrimV")],
      };
    case "deadTimeGates":
      return { type: "deadTime", gates: value, perDetector: false };
    default:
      return undefined;
  }
}
