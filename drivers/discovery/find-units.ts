import { Bonjour } from "bonjour-service";
import { checkOptions, maybe, type RulesOf, rule } from "../../options/index.ts";
import { SERVICE_TYPE } from "../../protocol/index.ts";
import { type AnnouncedUnit, announcedUnit } from "./announced-unit.ts";

/** How units are looked for; every part has a default. */
export interface FindUnitsOptions {
  /** How long answers are awaited, 1500 ms. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

const RULES: RulesOf<FindUnitsOptions> = {
  waitMs: maybe(rule.wait()),
  signal: maybe(rule.instance(AbortSignal, "an AbortSignal")),
};

const WAIT_MS = 1500;
/** Announcements that are kept: whoever floods the network shall not fill memory or the screen. */
const MOST_UNITS = 256;

/**
 * Transceivers that announce themselves on the networks of this machine by multicast DNS (SPEC 4.7), in the order of their
 * names. Asks once and listens; nothing is sent to a unit. Without a network that carries multicast the list is empty.
 */
export async function findUnits(options: FindUnitsOptions = {}): Promise<readonly AnnouncedUnit[]> {
  checkOptions("the options of findUnits", options, RULES);
  const { waitMs = WAIT_MS, signal } = options;
  const found = new Map<string, AnnouncedUnit>();
  // A machine without a network refuses the socket, and that means that nothing is there to be found.
  const bonjour = new Bonjour({}, () => {});
  try {
    const browser = bonjour.find({ type: SERVICE_TYPE });
    browser.on("up", (service) => {
      const { name, host, port, addresses, txt } = service;
      const unit = announcedUnit({ name, host, port, addresses, txt });
      if (unit !== null && found.size < MOST_UNITS) found.set(unit.address, unit);
    });
    await passed(waitMs, signal);
    browser.stop();
  } finally {
    bonjour.destroy();
  }
  return [...found.values()].sort(
    (a, b) => a.name.localeCompare(b.name) || a.address.localeCompare(b.address),
  );
}

async function passed(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
