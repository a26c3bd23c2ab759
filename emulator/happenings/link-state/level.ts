import type { OpticsControl } from "../../optics/control.ts";
import type { SiteName } from "../site-name.ts";

/** A level of a device or of what its instruments see. */
export type SiteLevel =
  /** Air around a housing, degrees Celsius. */
  | { readonly type: "ambient"; readonly site: SiteName; readonly celsius: number }
  /** Launch power of a classical channel that the instruments watch, dBm; null for a dark one. */
  | { readonly type: "classicalPower"; readonly channel: number; readonly dbm: number | null }
  /** A part of a device fails with this text; null makes it whole again. */
  | { readonly type: "deviceFault"; readonly site: SiteName; readonly text: string | null };

/** One thing that the link obeys from now on: it replaces what was set before. */
export type Level = OpticsControl | SiteLevel;

const SITE_LEVELS = [
  "ambient",
  "classicalPower",
  "deviceFault",
] as const satisfies readonly SiteLevel["type"][];

/** Tells levels of a site from changes of the optics. */
export function isSiteLevel(level: Level): level is SiteLevel {
  return (SITE_LEVELS as readonly string[]).includes(level.type);
}
