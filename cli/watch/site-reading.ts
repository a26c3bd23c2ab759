import type { AlarmsView, HealthView, PoolView } from "../../controller/outlets/api/index.ts";
import { ConfigError, SiteError } from "../../errors/index.ts";
import { checkArgument, type Rule, rule } from "../../options/index.ts";
import { PLAIN } from "../explain/plain-rule.ts";
import type { SiteClient } from "../explain/site-client.ts";

/** How a site is, as its dashboard tells it. */
export interface SiteReading {
  readonly health: HealthView;
  readonly pool: PoolView;
  readonly alarms: AlarmsView;
}

const OR_NONE = (one: Rule): Rule => rule.either(one, rule.nothing);
const NUMBER = rule.anyNumber;

const HEALTH = rule.like({
  level: PLAIN,
  reason: OR_NONE(PLAIN),
  fallback: rule.like({ engaged: rule.flag, reason: OR_NONE(PLAIN) }),
  peer: rule.like({ state: PLAIN }),
  unit: rule.like({ connection: PLAIN, state: PLAIN }),
  qberZ: OR_NONE(NUMBER),
  lossDb: OR_NONE(NUMBER),
  madeBps: OR_NONE(NUMBER),
  usedBps: NUMBER,
});
const POOL = rule.like({ stocks: rule.list(rule.like({ origin: PLAIN, ownBits: NUMBER })) });
const ALARMS = rule.like({
  alarms: rule.list(
    rule.like({
      id: PLAIN,
      name: PLAIN,
      unit: PLAIN,
      state: PLAIN,
      level: PLAIN,
      raisedAtMs: NUMBER,
      text: PLAIN,
    }),
  ),
});

/** Asks a site how it is. SiteError QKD_SITE_ANSWER for what is no answer of a dashboard; what reading it rejects with. */
export async function readSite(client: SiteClient, signal: AbortSignal): Promise<SiteReading> {
  const [health, pool, alarms] = await Promise.all(
    (["health", "pool", "alarms"] as const).map((path) => client.read(path, signal)),
  );
  try {
    checkArgument("health", health, HEALTH);
    checkArgument("pool", pool, POOL);
    checkArgument("alarms", alarms, ALARMS);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new SiteError("QKD_SITE_ANSWER", `what the site answers is no reading: ${cause.message}`, {
      cause,
      remedy: "check that the address is that of a site's dashboard, and that its version is this one",
    });
  }
  return { health, pool, alarms } as SiteReading;
}
