import { ALARMS, INPUT_REGISTERS } from "../../../protocol/index.ts";
import type { AlarmGroup } from "../api/index.ts";

/** An alarm that is watched, raised or not. */
export interface WatchedAlarm {
  /** `qrx.lossOfSignal`, `site.linkDown`; names the alarm in paths. */
  readonly id: string;
  readonly name: string;
  readonly unit: "qtx" | "qrx" | "site";
  readonly code: number | null;
  readonly group: AlarmGroup;
  readonly meaning: string;
}

const SITE_ALARMS = {
  linkDown: ["light", "no light arrives, or the unit cannot be reached"],
  qberTooHigh: ["qber", "errors beyond the limit of this site: blocks give no key"],
  eavesdropperSuspected: ["qber", "the link shows what an eavesdropper leaves: its blocks are withheld"],
  keyRateTooLow: ["delivery", "less key is made than was agreed on"],
  peerUnreachable: ["delivery", "the other site's controller cannot be reached"],
  noKey: ["delivery", "no block brought key for more than three block periods"],
  poolLow: ["delivery", "the stock of quantum keys is low"],
  fallbackEngaged: ["delivery", "post-quantum keys are served"],
} as const satisfies Readonly<Record<string, readonly [AlarmGroup, string]>>;

/** Alarms that a site raises of itself. */
export type SiteAlarmName = keyof typeof SITE_ALARMS;

/** Everything that is watched at a site with a unit of this role. */
export function watchedAlarms(role: "qtx" | "qrx"): WatchedAlarm[] {
  const ofUnit = Object.entries(ALARMS).filter(([name]) => ownedBy(name, role));
  return [
    ...Object.entries(SITE_ALARMS).map(([name, [group, meaning]]) => ({
      id: `site.${name}`,
      name,
      unit: "site" as const,
      code: null,
      group,
      meaning,
    })),
    ...ofUnit.map(([name, { code, meaning }]) => ({
      id: `${role}.${name}`,
      name,
      unit: role,
      code,
      group: groupOf(name),
      meaning,
    })),
  ];
}

/** An alarm that a unit raised and no table knows. */
export function strangeAlarm(role: "qtx" | "qrx", name: string, code: number): WatchedAlarm {
  return {
    id: `${role}.${name}`,
    name,
    unit: role,
    code,
    group: "unit",
    meaning: "not in this program's table",
  };
}

function ownedBy(name: string, role: "qtx" | "qrx"): boolean {
  if (name === "laserOff") return role === "qtx";
  if (name === "lossOfSignal") return role === "qrx";
  const register = (INPUT_REGISTERS as Readonly<Record<string, { readonly role: string } | undefined>>)[name];
  return register === undefined || register.role === "both" || register.role === role;
}

function groupOf(name: string): AlarmGroup {
  if (/^qber|^visibility/.test(name)) return "qber";
  return /^(lossOfSignal|gain|laser|attenuator|classical|detector\dCountRate)/.test(name) ? "light" : "unit";
}
