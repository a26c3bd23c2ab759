import { readLinkSecretFile } from "../../controller/index.ts";
import type { NodeLinkOptions, NodeOptions } from "../../controller/node/index.ts";
import type { QkdError } from "../../errors/index.ts";
import { deliveryAddress } from "../config/address-remarks.ts";
import type { NodeAndNetwork, NodeConfig, NodeLinkConfig } from "../config/node-config.ts";
import { readSiteCredentials } from "../config/site-credentials.ts";
import { sitePolicy } from "../config/site-policy.ts";
import { transceiverTls } from "../config/transceiver-tls.ts";
import { openPatiently } from "../open-patiently.ts";

/** Where what a link's device does is told. */
export interface NodePorts {
  readonly failed: (link: string, error: QkdError) => void;
  readonly logLost: () => boolean;
  readonly trace?: (link: string, line: string) => void;
}

/**
 * A node's configuration as options of the node, with the files that it names. ConfigError, KeyStoreError naming field and
 * file.
 */
export function nodeOptionsOf({ node: config, network }: NodeAndNetwork, ports: NodePorts): NodeOptions {
  const { peer, delivery } = readSiteCredentials(config);
  const { store, delivery: served } = config;
  const { limits, stockDuringFallback, redeliveryWindowS } = served;
  return {
    node: config.node,
    network,
    credentials: peer,
    links: Object.fromEntries(
      Object.entries(config.links).map(([id, link]) => [id, linkOptions(config, network, id, link, ports)]),
    ),
    ...(config.pairs === undefined
      ? {}
      : {
          pairs: Object.fromEntries(
            Object.entries(config.pairs).map(([other, { secretFile }]) => [
              other,
              { secret: readLinkSecretFile(secretFile) },
            ]),
          ),
        }),
    ...(config.peer.listen === undefined ? {} : { peerListen: config.peer.listen }),
    store: {
      path: store.path,
      keyFile: store.keyFile,
      ...(store.capacityBits === undefined ? {} : { capacityBits: store.capacityBits }),
      ...(store.maxAgeS === undefined ? {} : { maxKeyAgeMs: 1000 * store.maxAgeS }),
      ...(store.fetchTtlS === undefined ? {} : { fetchTtlMs: 1000 * store.fetchTtlS }),
      ...(store.acceptDataJournal === undefined ? {} : { acceptDataJournal: store.acceptDataJournal }),
      ...(redeliveryWindowS === undefined ? {} : { redeliveryMs: 1000 * redeliveryWindowS }),
    },
    delivery: {
      tls: delivery,
      listen: deliveryAddress(served.listen) ?? { host: "127.0.0.1", port: 0 },
      ...(limits === undefined ? {} : { limits }),
      ...(stockDuringFallback === undefined ? {} : { policy: { stockDuringFallback } }),
    },
    ...(config.streams === undefined
      ? {}
      : {
          streams: {
            listen: deliveryAddress(config.streams.listen) ?? { host: "127.0.0.1", port: 0 },
            ...(config.streams.limits === undefined ? {} : { limits: config.streams.limits }),
          },
        }),
    logLost: ports.logLost,
  };
}

function linkOptions(
  config: NodeConfig,
  { links }: NodeAndNetwork["network"],
  id: string,
  link: NodeLinkConfig,
  ports: NodePorts,
): NodeLinkOptions {
  const { transceiver, developmentSeed } = { ...config, ...link };
  const { trace } = ports;
  const { authRecovery: _, kem: _kem, combiner: _combiner, ...policy } = sitePolicy(link.policy);
  const tls = transceiverTls(transceiver);
  const role = links.find((each) => each.id === id)?.qtx === config.node ? "qtx" : "qrx";
  return {
    transceiver: (signal) =>
      openPatiently(
        transceiver.address,
        {
          role,
          ...(tls === undefined ? {} : { tls }),
          ...(transceiver.telemetry === undefined ? {} : { telemetry: transceiver.telemetry }),
          signal,
        },
        (error) => ports.failed(id, error),
      ),
    device: JSON.stringify(transceiver),
    secret: readLinkSecretFile(link.secretFile),
    ...(link.listen === undefined ? {} : { peerListen: link.listen }),
    ...(link.connect === undefined ? {} : { peer: link.connect }),
    ...(link.limits === undefined ? {} : { peerLimits: link.limits }),
    keyExchange: {
      ...(transceiver.detectionsPerFrame === undefined
        ? {}
        : { detectionsPerFrame: transceiver.detectionsPerFrame }),
      ...(transceiver.creditFrames === undefined ? {} : { creditFrames: transceiver.creditFrames }),
    },
    ...policy,
    ...(trace === undefined ? {} : { trace: (line: string) => trace(id, line) }),
    ...(developmentSeed === undefined ? {} : { developmentSeed: `${developmentSeed} ${id}` }),
  };
}

/** Files of certificates whose change is taken over. */
export function nodeTrustFiles({ network, peer, delivery }: NodeConfig): readonly string[] {
  const files = [peer, delivery].flatMap(({ certificate, privateKey, authority, crl }) => [
    certificate,
    privateKey,
    authority,
    ...(crl === undefined ? [] : [crl]),
  ]);
  return [...new Set([network, ...files])];
}
