import { Command } from "commander";
import {
  type Controller,
  createController,
  MAX_PRE_PLACED_SECRET_BYTES,
  MIN_PRE_PLACED_SECRET_BYTES,
  readSecretFile,
} from "../controller/index.ts";
import { type OpenedTransceiver, openTransceiver } from "../drivers/index.ts";
import { collectSeldom } from "./collect-seldom.ts";
import { distillationSettings } from "./config/distillation-settings.ts";
import { readSiteConfig, type SiteConfig } from "./config/read-config.ts";
import { readSiteCredentials, type SiteCredentials } from "./config/site-credentials.ts";
import { sitePolicy } from "./config/site-policy.ts";
import { SiteLog } from "./site-log.ts";
import { untilStopped } from "./until-stopped.ts";

/** `qkdlink control`: one site's controller. */
export function controlCommand(): Command {
  return new Command("control")
    .description("run one site's controller: distil keys with the other site and deliver them")
    .requiredOption("--config <file>", "the site's configuration, YAML or JSON")
    .option("--json", "print events as JSON lines")
    .option("--trace", "print what the two controllers say to each other, keys and tags left out")
    .action(async ({ config, json = false, trace = false }: ControlArguments) => {
      await runSite(readSiteConfig(config), json, trace);
    });
}

interface ControlArguments {
  readonly config: string;
  readonly json?: boolean;
  readonly trace?: boolean;
}

async function runSite(config: SiteConfig, json: boolean, trace: boolean): Promise<void> {
  collectSeldom();
  const credentials = readSiteCredentials(config);
  const log = new SiteLog(process.stdout, json);
  const transceiver = await openTransceiver(config.transceiver.address, {
    role: config.site === "alice" ? "qtx" : "qrx",
    ...(config.transceiver.telemetry === undefined ? {} : { telemetry: config.transceiver.telemetry }),
  });
  let controller: Controller | null = null;
  try {
    controller = await openSite(
      config,
      credentials,
      transceiver,
      trace ? (line) => log.trace(line) : undefined,
    );
    log.follow(controller, transceiver, config);
    await untilStopped(controller.failures$);
  } finally {
    await controller?.close();
    await transceiver.close();
    log.close();
  }
}

function openSite(
  config: SiteConfig,
  credentials: SiteCredentials,
  transceiver: OpenedTransceiver,
  trace: ((line: string) => void) | undefined,
): Promise<Controller> {
  const { peer, store, delivery, developmentSeed } = config;
  const listen = new URL(delivery.listen);
  return createController({
    transceiver,
    ...(peer.listen === undefined ? {} : { peerListen: peer.listen }),
    ...(peer.connect === undefined ? {} : { peer: peer.connect }),
    credentials: credentials.peer,
    ...(peer.limits === undefined ? {} : { peerLimits: peer.limits }),
    secret: readSecretFile(peer.secretFile, MIN_PRE_PLACED_SECRET_BYTES, MAX_PRE_PLACED_SECRET_BYTES),
    store: store.path,
    keyFile: store.keyFile,
    linkId: config.linkId,
    distillation: distillationSettings(config.link),
    ...(store.capacityBits === undefined ? {} : { capacityBits: store.capacityBits }),
    ...(store.maxAgeS === undefined ? {} : { maxKeyAgeMs: 1000 * store.maxAgeS }),
    ...(delivery.redeliveryWindowS === undefined ? {} : { redeliveryMs: 1000 * delivery.redeliveryWindowS }),
    keyExchange: {
      ...(config.transceiver.detectionsPerFrame === undefined
        ? {}
        : { detectionsPerFrame: config.transceiver.detectionsPerFrame }),
      ...(config.transceiver.creditFrames === undefined
        ? {}
        : { creditFrames: config.transceiver.creditFrames }),
    },
    delivery: {
      tls: credentials.delivery,
      ...(delivery.limits === undefined ? {} : { limits: delivery.limits }),
      listen: { host: listen.hostname.replace(/^\[|\]$/g, ""), port: Number(listen.port || 443) },
      ids: { sourceKmeId: delivery.kmeId, targetKmeId: delivery.peerKmeId },
      policy: {
        ...(delivery.allowPqcFor === undefined ? {} : { allowPqcFor: delivery.allowPqcFor }),
        ...(delivery.stockDuringFallback === undefined
          ? {}
          : { stockDuringFallback: delivery.stockDuringFallback }),
      },
    },
    ...sitePolicy(config.policy),
    ...(trace === undefined ? {} : { trace }),
    ...(developmentSeed === undefined ? {} : { developmentSeed }),
  });
}
