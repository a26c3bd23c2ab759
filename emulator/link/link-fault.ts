import { ConfigError } from "../../errors/index.ts";
import { requireInRange } from "../../physics/index.ts";
import type { WireFault } from "../faults/wire-fault.ts";
import type { WirePort } from "../faults/wire-port.ts";
import type { OpticsControl } from "../optics/control.ts";

/** One of the two ends. */
export type SiteName = "alice" | "bob";

/** Anything that can happen to an emulated link while it runs. Levels replace what was set before. */
export type LinkFault =
  | OpticsControl
  /** Air around a housing, -40 to 70 degrees Celsius; nominal 22. */
  | { readonly type: "ambient"; readonly site: SiteName; readonly celsius: number }
  /** Launch power of a classical channel on the same fibre, 1 to 4, -40 to 10 dBm; null switches it off. */
  | { readonly type: "classicalPower"; readonly channel: number; readonly dbm: number | null }
  /** A part of a device fails with this text; null makes it whole again. */
  | { readonly type: "deviceFault"; readonly site: SiteName; readonly text: string | null }
  /** Every connection of a site is cut. */
  | { readonly type: "hangUp"; readonly site: SiteName }
  /** The wires of a site's session ports, or of one kind of its ports; an empty list makes them whole. */
  | {
      readonly type: "wire";
      readonly site: SiteName;
      readonly port?: WirePort;
      readonly faults: readonly WireFault[];
    };

/** Faults that are no matter of the optics. */
export type SiteFault = Exclude<LinkFault, OpticsControl>;

const SITE_FAULTS = ["ambient", "classicalPower", "deviceFault", "hangUp", "wire"];

/** Tells faults of a site or its surroundings from changes of the optics. */
export function isSiteFault(fault: LinkFault): fault is SiteFault {
  return SITE_FAULTS.includes(fault.type);
}

/** Checks a fault of a site. Throws ConfigError naming field, value and range. */
export function checkSiteFault(fault: SiteFault): void {
  if ("site" in fault && fault.site !== "alice" && fault.site !== "bob")
    throw new ConfigError("QKD_CONFIG_INVALID", `site must be alice or bob, not ${String(fault.site)}`, {
      context: { field: "site", value: String(fault.site) },
    });
  if (fault.type === "ambient") requireInRange("ambient.celsius", fault.celsius, { min: -40, max: 70 });
  if (fault.type === "classicalPower") {
    requireInRange("classicalPower.channel", fault.channel, { min: 1, max: 4, integer: true });
    if (fault.dbm !== null) requireInRange("classicalPower.dbm", fault.dbm, { min: -40, max: 10 });
  }
  if (fault.type === "deviceFault" && fault.text !== null && typeof fault.text !== "string")
    throw new ConfigError("QKD_CONFIG_INVALID", "deviceFault.text must be text or null", {
      context: { field: "text" },
    });
}
