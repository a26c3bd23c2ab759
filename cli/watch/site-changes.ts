import type { AlarmView } from "../../controller/outlets/api/index.ts";
import type { SiteReading } from "./site-reading.ts";

/** What is new at a site. */
export type SiteChange =
  | { readonly type: "link"; readonly level: string; readonly reason: string | null }
  | { readonly type: "fallback"; readonly engaged: boolean; readonly reason: string | null }
  | { readonly type: "peer"; readonly state: string }
  | { readonly type: "unit"; readonly connection: string; readonly state: string }
  | { readonly type: "alarm"; readonly raised: boolean; readonly alarm: AlarmView };

/** What differs between two readings; against none, what is not as it should be. */
export function siteChanges(before: SiteReading | null, now: SiteReading): SiteChange[] {
  const { level, reason, fallback, peer, unit } = now.health;
  const was = before?.health;
  const changes: SiteChange[] = [];
  if (was === undefined ? level !== "up" : was.level !== level || was.reason !== reason)
    changes.push({ type: "link", level, reason });
  if ((was?.fallback.engaged ?? false) !== fallback.engaged)
    changes.push({ type: "fallback", engaged: fallback.engaged, reason: fallback.reason });
  if (was === undefined ? peer.state !== "up" : was.peer.state !== peer.state)
    changes.push({ type: "peer", state: peer.state });
  if (was !== undefined && (was.unit.connection !== unit.connection || was.unit.state !== unit.state))
    changes.push({ type: "unit", ...unit });
  const present = presentAlarms(before);
  const presentNow = presentAlarms(now);
  for (const [id, alarm] of presentNow)
    if (present.get(id)?.raisedAtMs !== alarm.raisedAtMs)
      changes.push({ type: "alarm", raised: true, alarm });
  for (const [id, alarm] of present)
    if (!presentNow.has(id)) changes.push({ type: "alarm", raised: false, alarm });
  return changes;
}

const presentAlarms = (reading: SiteReading | null): ReadonlyMap<string, AlarmView> =>
  new Map(
    (reading?.alarms.alarms ?? []).filter(({ state }) => state === "present").map((one) => [one.id, one]),
  );
