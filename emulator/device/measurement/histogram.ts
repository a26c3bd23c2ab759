import type { HISTOGRAM_KINDS, ReplyOf, RequestOf } from "../../../protocol/index.ts";
import { TAG_BINS } from "../../optics/frame/arrival-times.ts";
import type { Role } from "../device-profile.ts";
import type { MeasuredGates } from "../measured-gates.ts";
import { Refusal } from "../refusal.ts";

/** Kinds that a device of this role tells. */
export function histogramKinds(role: Role): (keyof typeof HISTOGRAM_KINDS)[] {
  return role === "qrx" ? ["gap", "arrival"] : [];
}

/** A histogram of what a measurement counted (SPEC 5.4). Throws Refusal notSupported, badParameter. */
export function histogramOf(
  { kind, detector }: RequestOf<"readHistogram">,
  role: Role,
  measured: MeasuredGates,
): ReplyOf<"readHistogram"> {
  if (!histogramKinds(role).includes(kind))
    throw new Refusal("notSupported", `this device has no histogram of kind ${kind}`);
  if (detector !== 0 && detector !== 1) throw new Refusal("badParameter", `there is no detector ${detector}`);
  const { gates } = measured;
  if (kind === "gap") {
    const { bins, beyond } = measured.gaps[detector];
    return { kind, detector, gates, unit: "gates", firstBin: 1, binWidth: 1, below: 0, counts: bins, beyond };
  }
  const { below, bins, beyond } = measured.arrivals[detector];
  const { firstPs: firstBin, widthPs: binWidth } = TAG_BINS;
  return { kind, detector, gates, unit: "ps", firstBin, binWidth, below, counts: bins, beyond };
}
