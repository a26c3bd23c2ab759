import { ConfigError } from "../../errors/index.ts";
import { nearestName } from "../../options/index.ts";
import type { Happening } from "../happenings/happenings.ts";
import { seedOf } from "../link/link-seed.ts";
import { type EmulatedLink, startEmulatedLink } from "../link/start-emulated-link.ts";
import { checkEmulatedNetworkOptions, type EmulatedNetworkOptions } from "./emulated-network-options.ts";
import { loadNetwork } from "./load-network.ts";
import type { CheckedNetwork, NetworkScenarioLink } from "./network-scenario.ts";

/** The emulated links of a network. */
export interface EmulatedNetwork {
  /** The scenario, checked, with every default filled in. */
  readonly scenario: CheckedNetwork;
  /** Every link by its id. Alice's unit is the transmitter, at the node that the scenario calls `qtx`. */
  readonly links: Readonly<Record<string, EmulatedLink>>;
  /** ConfigError QKD_CONFIG_INVALID for a link that the network does not have, with the nearest name. */
  link(id: string): EmulatedLink;
  readonly faults: {
    /** As `EmulatedLink.faults`, by link. */
    apply(link: string, happening: Happening): Promise<void>;
    cut(link: string): Promise<void>;
    repair(link: string): Promise<void>;
  };
  /** Closes every port and ends every thread. Idempotent. */
  stop(): Promise<void>;
}

/** Links that start at once: each has a thread to load. */
const STARTED_AT_ONCE = 4;

/**
 * Starts the links of a network, each with photons of its own. Resolves when every port listens; nothing stays open when
 * one fails. What happens by the scenario's timeline is the caller's to bring about: the times of it count from when the
 * caller's nodes share keys. Throws as `startEmulatedLink` does, and ConfigError QKD_SCENARIO_INVALID.
 */
export async function startEmulatedNetwork(options: EmulatedNetworkOptions): Promise<EmulatedNetwork> {
  checkEmulatedNetworkOptions(options);
  const { clockHz } = options;
  const scenario = loadNetwork(options.scenario, clockHz === undefined ? {} : { clockHz });
  const links = new Map<string, EmulatedLink>();
  const stop = async (): Promise<void> => {
    await Promise.all([...links.values()].map((link) => link.stop()));
  };
  try {
    for (let first = 0; first < scenario.links.length; first += STARTED_AT_ONCE) {
      const started = await Promise.allSettled(
        scenario.links.slice(first, first + STARTED_AT_ONCE).map(async (link, place) => {
          links.set(link.id, await startEmulatedLink(optionsOf(link, first + place, scenario, options)));
        }),
      );
      for (const one of started) if (one.status === "rejected") throw one.reason;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const link = (id: string): EmulatedLink => links.get(id) ?? refuse(id, [...links.keys()]);
  return {
    scenario,
    links: Object.fromEntries(scenario.links.map(({ id }) => [id, link(id)])),
    link,
    faults: {
      apply: async (id, happening) => link(id).faults.apply(happening),
      cut: async (id) => link(id).faults.cut(),
      repair: async (id) => link(id).faults.repair(),
    },
    stop,
  };
}

function optionsOf(
  { id, preset, lossDb }: NetworkScenarioLink,
  index: number,
  scenario: CheckedNetwork,
  options: EmulatedNetworkOptions,
) {
  const { scenario: _, clockHz: __, seed, control = false, ports = ["tcp"], onHappening, ...same } = options;
  const listen = ports.map((kind) => `${kind}://127.0.0.1:0`);
  return {
    ...same,
    preset,
    lossDb,
    clockHz: scenario.clockHz,
    // Links of one seed would have the same photons.
    seed: linkSeed(seedOf(seed ?? scenario.seed), index),
    listen: { alice: listen, bob: listen },
    ...(control ? { control: "tcp://127.0.0.1:0" } : {}),
    ...(onHappening === undefined
      ? {}
      : { onHappening: (news: Parameters<typeof onHappening>[1]) => onHappening(id, news) }),
  };
}

/** An odd factor spreads neighbouring numbers over all 64 bits. */
function linkSeed(seed: bigint, index: number): bigint {
  return BigInt.asUintN(64, seed + BigInt(index + 1) * 0x9e37_79b9_7f4a_7c15n);
}

function refuse(id: string, known: readonly string[]): never {
  const nearest = nearestName(id, known);
  throw new ConfigError("QKD_CONFIG_INVALID", `the network has no link ${id}`, {
    context: { field: "link", value: id },
    remedy: nearest === null ? `use one of ${known.join(", ")}` : `write ${nearest}`,
  });
}
