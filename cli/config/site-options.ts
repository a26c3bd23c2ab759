import { type ControllerOptions, readLinkSecretFile } from "../../controller/index.ts";
import { linkSettings } from "../../controller/node/network/index.ts";
import type { TransceiverOptions } from "../../drivers/index.ts";
import type { SiteConfig } from "./read-config.ts";
import { sitePolicy } from "./site-policy.ts";
import { siteTrust } from "./site-trust.ts";
import { transceiverTls } from "./transceiver-tls.ts";

/** How the transceiver of a site's configuration is opened, beside its address. ConfigError for files that cannot be read. */
export function siteTransceiver({ site, transceiver }: SiteConfig): TransceiverOptions {
  const tls = transceiverTls(transceiver);
  return {
    role: site === "alice" ? "qtx" : "qrx",
    ...(tls === undefined ? {} : { tls }),
    ...(transceiver.telemetry === undefined ? {} : { telemetry: transceiver.telemetry }),
  };
}

/** A site's configuration as options of its controller, with the files that it names. Throws ConfigError, KeyStoreError. */
export function siteOptions(
  config: SiteConfig,
): Omit<ControllerOptions, "transceiver" | "trace" | "peerTap"> {
  const { peer, store, delivery, transceiver, developmentSeed } = config;
  const trust = siteTrust(config);
  const listen = new URL(delivery.listen);
  return {
    ...(peer.listen === undefined ? {} : { peerListen: peer.listen }),
    ...(peer.connect === undefined ? {} : { peer: peer.connect }),
    credentials: trust.credentials,
    ...(peer.limits === undefined ? {} : { peerLimits: peer.limits }),
    secret: readLinkSecretFile(peer.secretFile),
    store: store.path,
    keyFile: store.keyFile,
    linkId: config.linkId,
    distillation: linkSettings(config.link),
    ...(store.capacityBits === undefined ? {} : { capacityBits: store.capacityBits }),
    ...(store.maxAgeS === undefined ? {} : { maxKeyAgeMs: 1000 * store.maxAgeS }),
    ...(store.fetchTtlS === undefined ? {} : { fetchTtlMs: 1000 * store.fetchTtlS }),
    ...(store.acceptDataJournal === undefined ? {} : { acceptDataJournal: store.acceptDataJournal }),
    ...(delivery.redeliveryWindowS === undefined ? {} : { redeliveryMs: 1000 * delivery.redeliveryWindowS }),
    keyExchange: {
      ...(transceiver.detectionsPerFrame === undefined
        ? {}
        : { detectionsPerFrame: transceiver.detectionsPerFrame }),
      ...(transceiver.creditFrames === undefined ? {} : { creditFrames: transceiver.creditFrames }),
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
