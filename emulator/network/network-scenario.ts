import type { TimelineHappening } from "../happenings/happenings.ts";
import type { DurationText } from "../scenario/scenario.ts";

/** A quantum link of a network. */
export interface ScenarioLink {
  /** Default: both ends, joined by a dash. */
  readonly id?: string;
  readonly ends: readonly [string, string];
  /** The end that has the transmitter; the first by default. */
  readonly qtx?: string;
  readonly km: number;
  /** Loss of the fibre with its connectors. */
  readonly lossDb: number;
  /** The network's by default. */
  readonly preset?: string;
  /** What was published of a link that was really built. */
  readonly reported?: {
    readonly secretBitsPerS: number;
    /** What of system, protocol or conditions differs from the emulated link. */
    readonly of: string;
  };
}

/**
 * Applications that draw keys: so many tunnels, each with a new key every `rekey`. Either `over` says between which nodes
 * (the ends of every link, or every pair; half of the tunnels in each direction), or `to` names nodes to which each node
 * of `from` (default: all) has so many.
 */
export interface ScenarioDemand {
  readonly over?: "links" | "pairs";
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly tunnels: number;
  readonly rekey: DurationText;
  /** 256 by default. */
  readonly keyBits?: number;
}

/** Something that happens to one link, by the link's name. */
export type LinkEvent = { readonly at: DurationText; readonly link: string } & TimelineHappening;

/** Something that happens to the network: to a link, to a node's program, or cuts of links that the seed chooses. */
export type NetworkEvent =
  | LinkEvent
  | { readonly at: DurationText; readonly event: "nodeKill" | "nodeStart"; readonly node: string }
  | {
      readonly at: DurationText;
      readonly event: "seededCuts";
      readonly count: number;
      readonly for?: DurationText;
    };

/** A network, what its applications ask for, and what happens to it when. */
export interface NetworkScenario {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Where the facts of a network that exists were published. */
  readonly sources?: readonly string[];
  readonly seed?: number;
  /** A published system; `yuan2018` by default. */
  readonly preset?: string;
  /** Gates per second of every link; 5 MHz by default: many links share a machine. */
  readonly clockHz?: number;
  /** Sifted bits of a block; a million by default. */
  readonly blockBits?: number;
  readonly nodes: readonly string[];
  readonly links: readonly ScenarioLink[];
  /** What all applications are served by; `prefer-qkd` by default. */
  readonly policy?: {
    readonly mode: "qkd-only" | "prefer-qkd" | "pqc-only";
    readonly maxHops?: number;
    readonly shares?: number;
  };
  readonly demand?: readonly ScenarioDemand[];
  /** Times count from the moment when every pair has keys. */
  readonly timeline?: readonly NetworkEvent[];
}

/** A link with every default filled in. */
export type NetworkScenarioLink = Required<Omit<ScenarioLink, "reported">> & Pick<ScenarioLink, "reported">;

/** A scenario that was checked, with every default filled in. */
export interface CheckedNetwork extends Required<Omit<NetworkScenario, "links">> {
  readonly links: readonly NetworkScenarioLink[];
}
