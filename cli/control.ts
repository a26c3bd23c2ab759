import { Command } from "commander";
import {
  type Controller,
  createController,
  MAX_PRE_PLACED_SECRET_BYTES,
  MIN_PRE_PLACED_SECRET_BYTES,
  readSecretFile,
} from "../controller/index.ts";
import { type OpenedTransceiver, openTransceiver } from "../drivers/index.ts";
import { knownError } from "../errors/index.ts";
import { collectSeldom } from "./collect-seldom.ts";
import { readSiteConfig, type SiteConfig } from "./config/read-config.ts";
import { siteOptions } from "./config/site-options.ts";
import { fixedPart, type SiteTrustOfConfig, siteTrust, trustFiles } from "./config/site-trust.ts";
import { SiteLog } from "./site-log.ts";
import { SiteReload } from "./site-reload.ts";
import { untilStopped } from "./until-stopped.ts";

/** `qkdlink control`: one site's controller. */
export function controlCommand(): Command {
  return new Command("control")
    .description("run one site's controller: distil keys with the other site and deliver them")
    .requiredOption("--config <file>", "the site's configuration, YAML or JSON")
    .option("--json", "print events as JSON lines")
    .option("--trace", "print what the two controllers say to each other, keys and tags left out")
    .action(async ({ config, json = false, trace = false }: ControlArguments) => {
      await runSite(config, json, trace);
    });
}

interface ControlArguments {
  readonly config: string;
  readonly json?: boolean;
  readonly trace?: boolean;
}

async function runSite(file: string, json: boolean, trace: boolean): Promise<void> {
  collectSeldom();
  const config = readSiteConfig(file);
  const trust = siteTrust(config);
  const log = new SiteLog(process.stdout, json);
  const transceiver = await openTransceiver(config.transceiver.address, {
    role: config.site === "alice" ? "qtx" : "qrx",
    ...(config.transceiver.telemetry === undefined ? {} : { telemetry: config.transceiver.telemetry }),
  });
  let controller: Controller | null = null;
  let reload: SiteReload | null = null;
  try {
    controller = await openSite(config, trust, transceiver, trace ? (line) => log.trace(line) : undefined);
    log.follow(controller, transceiver, config);
    reload = reloading(file, config, controller, log);
    await untilStopped(controller.failures$);
  } finally {
    reload?.close();
    await controller?.close();
    await transceiver.close();
    log.close();
  }
}

/** Certificates, revocation lists and applications are taken over while the site runs; all else waits for a start. */
function reloading(file: string, started: SiteConfig, controller: Controller, log: SiteLog): SiteReload {
  let config = started;
  return new SiteReload({
    files: () => [file, ...trustFiles(config)],
    reload: async () => {
      const read = readSiteConfig(file);
      await controller.renew(siteTrust(read));
      config = read;
      log.reloaded(fixedPart(read) !== fixedPart(started));
    },
    failed: (error) => log.failed(knownError(error)),
  });
}

function openSite(
  config: SiteConfig,
  trust: SiteTrustOfConfig,
  transceiver: OpenedTransceiver,
  trace: ((line: string) => void) | undefined,
): Promise<Controller> {
  return createController({
    ...siteOptions(config, trust),
    transceiver,
    secret: readSecretFile(config.peer.secretFile, MIN_PRE_PLACED_SECRET_BYTES, MAX_PRE_PLACED_SECRET_BYTES),
    ...(trace === undefined ? {} : { trace }),
  });
}
