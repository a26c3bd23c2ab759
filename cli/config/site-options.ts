import type { ControllerOptions } from "../../controller/index.ts";
import { distillationSettings } from "./distillation-settings.ts";
import type { SiteConfig } from "./read-config.ts";
import { sitePolicy } from "./site-policy.ts";
import type { SiteTrustOfConfig } from "./site-trust.ts";

/** A site's configuration as options of the controller; what it leaves out keeps its default. */
export function siteOptions(
  config: SiteConfig,
  trust: SiteTrustOfConfig,
): Omit<ControllerOptions, "transceiver" | "secret" | "trace"> {
  const { peer, store, delivery, developmentSeed } = config;
  const { detectionsPerFrame, creditFrames } = config.transceiver;
  const listen = new URL(delivery.listen);
  return {
    ...(peer.listen === undefined ? {} : { peerListen: peer.listen }),
    ...(peer.connect === undefined ? {} : { peer: peer.connect }),
    credentials: trust.credentials,
    ...(peer.limits === undefined ? {} : { peerLimits: peer.limits }),
    store: store.path,
    keyFile: store.keyFile,
    linkId: config.linkId,
    distillation: distillationSettings(config.link),
    ...(store.capacityBits === undefined ? {} : { capacityBits: store.capacityBits }),
    ...(store.maxAgeS === undefined ? {} : { maxKeyAgeMs: 1000 * store.maxAgeS }),
    ...(delivery.redeliveryWindowS === undefined ? {} : { redeliveryMs: 1000 * delivery.redeliveryWindowS }),
    keyExchange: {
      ...(detectionsPerFrame === undefined ? {} : { detectionsPerFrame }),
      ...(creditFrames === undefined ? {} : { creditFrames }),
    },
    delivery: {
      ...trust.delivery,
      ...(delivery.limits === undefined ? {} : { limits: delivery.limits }),
      listen: { host: listen.hostname.replace(/^\[|\]$/g, ""), port: Number(listen.port || 443) },
      ids: { sourceKmeId: delivery.kmeId, targetKmeId: delivery.peerKmeId },
    },
    ...sitePolicy(config.policy),
    ...(developmentSeed === undefined ? {} : { developmentSeed }),
  };
}
