import { Command } from "commander";
import { type Controller, createController } from "../controller/index.ts";
import { openTransceiver } from "../drivers/index.ts";
import { collectSeldom } from "./collect-seldom.ts";
import { readSiteConfig, type SiteConfig } from "./config/read-config.ts";
import { siteOptions, siteTransceiver } from "./config/site-options.ts";
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
  const options = siteOptions(config);
  const log = new SiteLog(process.stdout, json);
  const transceiver = await openTransceiver(config.transceiver.address, siteTransceiver(config));
  let controller: Controller | null = null;
  try {
    controller = await createController({
      transceiver,
      ...options,
      ...(trace ? { trace: (line: string) => log.trace(line) } : {}),
    });
    log.follow(controller, transceiver, config);
    await untilStopped(controller.failures$);
  } finally {
    await controller?.close();
    await transceiver.close();
    log.close();
  }
}
