import { Command } from "commander";
import {
  type Controller,
  createController,
  createOutlets,
  explainSite,
  type Outlets,
  type SiteExplainer,
} from "../controller/index.ts";
import type { OpenedTransceiver } from "../drivers/index.ts";
import { knownError, QkdError } from "../errors/index.ts";
import { BoundedLog } from "./bounded-log.ts";
import { collectSeldom } from "./collect-seldom.ts";
import { placedError } from "./config/placed-error.ts";
import { readSiteConfig, type SiteConfig } from "./config/read-config.ts";
import { siteAlarms } from "./config/site-alarms.ts";
import { siteBus } from "./config/site-bus.ts";
import { siteBaseline, siteDashboard } from "./config/site-dashboard.ts";
import { siteOptions, siteTransceiver } from "./config/site-options.ts";
import { fixedChanges, outletsTrust, siteTrust, trustFiles } from "./config/site-trust.ts";
import { logLine } from "./log-line.ts";
import { openPatiently } from "./open-patiently.ts";
import { type SiteRecording, siteRecording } from "./recording/site-recording.ts";
import { SiteLog } from "./site-log.ts";
import { SiteReload } from "./site-reload.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";
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
  // Before anything is opened, so that a signal during the start still ends in an orderly stop.
  const stop = new StopRequest(endOverdue, true);
  try {
    await serveSite(file, json, trace, stop);
  } catch (error) {
    throw placedError(file, error);
  } finally {
    stop.close();
  }
}

async function serveSite(file: string, json: boolean, trace: boolean, stop: StopRequest): Promise<void> {
  const config = readSiteConfig(file);
  const options = siteOptions(config);
  const log = new SiteLog(new BoundedLog(process.stdout, json, logLine), json);
  let logLost = false;
  process.stdout.once("error", () => {
    logLost = true;
  });
  let transceiver: OpenedTransceiver | null = null;
  let controller: Controller | null = null;
  let reload: SiteReload | null = null;
  let outlets: Outlets | null = null;
  let recording: SiteRecording | undefined;
  // A device that does not answer would hold up what the start awaits of it.
  const letGo = (): void => void transceiver?.close();
  stop.signal.addEventListener("abort", letGo);
  try {
    const { signal } = stop;
    const { address } = config.transceiver;
    recording = await siteRecording(config, (error) => log.failed(error));
    const tapped = recording === undefined ? {} : { tap: recording.tap };
    transceiver = await openPatiently(address, { ...siteTransceiver(config), ...tapped, signal }, (error) =>
      log.failed(error),
    );
    controller = await createController({
      transceiver,
      ...options,
      logLost: () => logLost,
      ...(recording === undefined ? {} : { peerTap: recording.peerTap }),
      ...(trace ? { trace: (line: string) => log.trace(line) } : {}),
    });
    stop.signal.removeEventListener("abort", letGo);
    outlets = await shown(config, options, { site: controller, transceiver }, log);
    log.follow(controller, transceiver, config, outlets?.dashboard ?? null);
    reload = reloading(file, config, controller, outlets, log);
    await untilStopped(controller.failures$, stop);
  } catch (error) {
    if (controller !== null || !stop.signal.aborted) throw error;
  } finally {
    reload?.close();
    await outlets?.close();
    await controller?.close();
    await transceiver?.close();
    await recording?.close();
    // A site that never ran has nothing to say of its end but why.
    log.close(controller !== null || stop.signal.aborted);
  }
}

/** Dashboard and collectors of alarms, where they are wanted. What keeps them away is told, and keeps nothing else. */
async function shown(
  config: SiteConfig,
  { distillation, health, fallback }: ReturnType<typeof siteOptions>,
  watched: { readonly site: Controller; readonly transceiver: OpenedTransceiver },
  log: SiteLog,
): Promise<Outlets | null> {
  const failed = (error: QkdError) => log.failed(error);
  const wanted = <Part>(read: () => Part): Part | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof QkdError)) throw error;
      failed(error);
      return undefined;
    }
  };
  const dashboard = wanted(() => siteDashboard(config)) ?? null;
  const alarms = wanted(() => siteAlarms(config));
  const nats = wanted(() => siteBus(config));
  if (dashboard === null && alarms === undefined && nats === undefined) return null;
  const { linkId, delivery, store } = config;
  try {
    const explainer =
      dashboard === null
        ? null
        : await explainSite({
            ...watched,
            ...siteBaseline(config),
            store: store.path,
            distillation,
            failed,
          });
    const outlets = await createOutlets({
      ...watched,
      linkId,
      node: delivery.kmeId,
      peerNode: delivery.peerKmeId,
      store: store.path,
      ...(dashboard === null ? {} : dashboard),
      ...(alarms === undefined ? {} : { alarms }),
      ...(nats === undefined ? {} : { nats }),
      distillation,
      ...(health === undefined ? {} : { health }),
      ...(fallback === undefined ? {} : { fallback }),
      ...(explainer === null ? {} : { explanation$: explainer.explanation$ }),
      failed,
      told: (news) => log.collector(news),
    }).catch(async (error: unknown) => {
      await explainer?.close();
      throw error;
    });
    return explainer === null ? outlets : closedWith(outlets, explainer);
  } catch (error) {
    if (!(error instanceof QkdError)) throw error;
    failed(error);
    return null;
  }
}

/** Outlets that end with whoever explains the site on the dashboard. */
const closedWith = (outlets: Outlets, explainer: SiteExplainer): Outlets => ({
  dashboard: outlets.dashboard,
  renew: (trust) => outlets.renew(trust),
  close: async () => {
    await explainer.close();
    await outlets.close();
  },
});

/** Certificates, revocation lists and applications are taken over while the site runs; all else waits for a start. */
function reloading(
  file: string,
  started: SiteConfig,
  controller: Controller,
  outlets: Outlets | null,
  log: SiteLog,
): SiteReload {
  let config = started;
  return new SiteReload({
    files: () => [file, ...trustFiles(config)],
    reload: async () => {
      const read = readSiteConfig(file);
      const shown = outlets === null ? {} : outletsTrust(read);
      await controller.renew(siteTrust(read));
      outlets?.renew(shown);
      config = read;
      log.reloaded(fixedChanges(started, read));
    },
    failed: (error) => log.failed(knownError(placedError(file, error))),
  });
}
