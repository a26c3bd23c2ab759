import type { Breach } from "./breach.ts";
import { DELIVERY_ANSWERS } from "./rooms/delivery-answers.ts";
import { DELIVERY_CALLERS } from "./rooms/delivery-callers.ts";
import { DELIVERY_REQUESTS } from "./rooms/delivery-requests.ts";
import { DELIVERY_SERVER } from "./rooms/delivery-server.ts";
import { FALLBACK } from "./rooms/fallback.ts";
import { HEALTH } from "./rooms/health.ts";
import { HEALTH_INDICATORS } from "./rooms/health-indicators.ts";
import { LISTENER } from "./rooms/listener.ts";
import { PEER } from "./rooms/peer.ts";
import { POOL_REQUESTS } from "./rooms/pool-requests.ts";
import { POOL_STORE } from "./rooms/pool-store.ts";
import { TRUST } from "./rooms/trust.ts";

/** Every planted breach, room by room. */
export const BREACHES: readonly Breach[] = [
  TRUST,
  LISTENER,
  DELIVERY_CALLERS,
  DELIVERY_SERVER,
  DELIVERY_REQUESTS,
  DELIVERY_ANSWERS,
  POOL_REQUESTS,
  POOL_STORE,
  FALLBACK,
  HEALTH,
  HEALTH_INDICATORS,
  PEER,
].flat();
