import { figure } from "./figures.ts";
import type { SiteChange } from "./site-changes.ts";
import type { SiteReading } from "./site-reading.ts";

const because = (reason: string | null): string => (reason === null ? "" : `: ${reason}`);

/** A change at a site in words. */
export function siteChangeLine(change: SiteChange): string {
  switch (change.type) {
    case "link":
      return `link ${change.level}${because(change.reason)}`;
    case "fallback":
      return change.engaged
        ? `post-quantum keys serve${because(change.reason)}`
        : "keys of the link serve again";
    case "peer":
      return `other site ${change.state}`;
    case "unit":
      return `unit ${change.connection}, ${change.state}`;
    case "alarm": {
      const { name, unit, level, text } = change.alarm;
      if (!change.raised) return `alarm ${name} of ${unit} cleared`;
      return `alarm ${name} of ${unit} raised (${level === "bad" ? "absolute" : "operating"} range)${text === "" ? "" : `: ${text}`}`;
    }
  }
}

/** How a site is, in one line. */
export function siteLine({ health, pool, alarms }: SiteReading): string {
  const { level, reason, qberZ, lossDb, madeBps, usedBps } = health;
  const stock = (origin: string) => pool.stocks.find((one) => one.origin === origin)?.ownBits ?? 0;
  const present = alarms.alarms.filter(({ state }) => state === "present").length;
  return [
    `link ${level}${because(reason)}`,
    ...(qberZ === null ? [] : [`QBER ${figure(1e6 * qberZ, "ppm")}`]),
    ...(lossDb === null ? [] : [`loss ${figure(lossDb, "dB")}`]),
    ...(madeBps === null ? [] : [`key ${figure(madeBps, "bit/s")}`]),
    `used ${figure(usedBps, "bit/s")}`,
    `stock ${figure(stock("qkd"), "bit")} and ${figure(stock("pqc"), "bit")} post-quantum`,
    `${present} alarms`,
  ].join(", ");
}
