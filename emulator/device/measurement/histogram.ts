import type { HISTOGRAM_KINDS, ReplyOf, RequestOf } from "../../../protocol/index.ts";
import type { Role } from "../device-profile.ts";
import type { MeasuredGates } from "../measured-gates.ts";
import { Refusal } from "../refusal.ts";

/** Kinds that a device of this role tells. */
export function histogramKinds(role: Role): (keyof typeof HISTOGRAM_KINDS)[] {
  return role === "qrx" ? ["gap"] : [];
}

/** A histogram of what a measurement counted (SPEC 5.4). Throws Refusal notSupported, badParameter. */
export function histogramOf(
  { kind, detector }: RequestOf<"readHistogram">,
  role: Role,
  { gates, gaps }: MeasuredGates,
): ReplyOf<"readHistogram"> {
  if (!histogramKinds(role).includes(kind))
    throw new Refusal("notSupported", `this device has no histogram of kind ${kind}`);
  const counted = gaps[detector];
  if (counted === undefined) throw new Refusal("badParameter", `there is no detector ${detector}`);
  return {
    kind,
    detector,
    gates,
    unit: "gates",
    firstBin: 1,
    binWidth: 1,
    below: 0,
    counts: counted.bins,
    beyond: counted.beyond,
  };
}
