import type { LinkPlan } from "../../commissioning/index.ts";
import { dependableRate, withMoreLoss } from "./dependable-rate.ts";
import { greatestLossDb } from "./greatest-loss.ts";
import type { PlannedLink } from "./plan-report.ts";
import type { PlannedChange } from "./planned-changes.ts";

/** What is wanted of a link, and how it ages. */
export interface Service {
  readonly ageing: Required<NonNullable<LinkPlan["ageing"]>>;
  /** Key taken by others than tunnels. */
  readonly demandBps: number;
  /** At the site that asks. */
  readonly stockBits: number;
  readonly tunnels: LinkPlan["tunnels"] | null;
}

/** A figure when the link is new, and at the end of the years that it is planned for. */
export interface OverLife {
  readonly today: number;
  readonly endOfLife: number;
}

/** Tunnels that can each have a new key so often. */
export interface TunnelRow {
  readonly rekeyS: number;
  readonly tunnels: number;
}

/** A link in the terms of who runs it; all that is promised holds at the end of life. */
export interface ServiceReport {
  readonly lossDb: OverLife & {
    /** Most loss at which the demand is met; null where it is met at none. */
    readonly most: number | null;
  };
  readonly marginDb: { readonly today: number | null; readonly endOfLife: number | null };
  /** Until ageing has used the margin up, repairs made; null where it never does, or is already used up. */
  readonly yearsOfMargin: number | null;
  readonly availability: number;
  readonly dependableBps: OverLife;
  /** AES-256 keys. */
  readonly keysPerMinute: OverLife;
  readonly blockS: number;
  /** All that is asked for, tunnels included. Margin and `demandMet` hold tunnels to their share of the rate. */
  readonly demandBps: number;
  readonly demandMet: boolean;
  readonly tunnelsAtRekey: readonly TunnelRow[];
  readonly tunnelsAsked: {
    readonly count: number;
    readonly rekeyS: number;
    /** Shortest interval that this link gives so many tunnels; null where it gives none. */
    readonly shortestRekeyS: number | null;
    readonly met: boolean;
  } | null;
  readonly stock: {
    readonly bits: number;
    /** Null where nothing is asked for. */
    readonly minutesOnCut: number | null;
    /** From empty to full while the demand goes on; null where it never fills. */
    readonly fillMinutes: number | null;
    /** What the stock needs to bridge the time between two blocks. */
    readonly bridgeBits: number;
  };
  readonly changes: readonly PlannedChange[];
}

export const KEY_BITS = 256;
/**
 * Share of the rate that tunnels are planned for: what is left covers attempts that fail and are made again with a fresh key,
 * and key relayed for other links.
 */
export const TUNNEL_SHARE = 0.5;
/** No tunnel takes keys more often. */
export const SHORTEST_REKEY_S = 5;
const REKEY_S = [5, 10, 30, 60, 120, 300, 600, 3600] as const;

/** Plans what a link serves. `changes` are handed in, since they take longest. */
export function serviceReport(
  planned: PlannedLink,
  service: Service,
  changes: readonly PlannedChange[],
): ServiceReport {
  const { ageing, stockBits } = service;
  const atEnd = agedLink(planned, service);
  const today = dependableRate(planned);
  const aged = dependableRate(atEnd);
  const endOfLife = aged.rateBps;
  const tunnelsBps =
    service.tunnels == null ? 0 : (service.tunnels.count * KEY_BITS) / service.tunnels.rekeyS;
  const demandBps = service.demandBps + tunnelsBps;
  const neededBps = service.demandBps + tunnelsBps / TUNNEL_SHARE;
  const mostLossDb = greatestLossDb(planned, neededBps);
  const margin = (lossDb: number) => (mostLossDb === null ? null : mostLossDb - lossDb);
  const left = margin(planned.link.channelLossDb + ageing.repairsDb);
  const free = TUNNEL_SHARE * Math.max(0, endOfLife - service.demandBps);
  return {
    lossDb: {
      today: planned.link.channelLossDb,
      endOfLife: atEnd.link.channelLossDb,
      most: mostLossDb,
    },
    marginDb: { today: margin(planned.link.channelLossDb), endOfLife: margin(atEnd.link.channelLossDb) },
    yearsOfMargin: left === null || left < 0 || ageing.dbPerYear === 0 ? null : left / ageing.dbPerYear,
    availability: planned.availability,
    dependableBps: { today: today.rateBps, endOfLife },
    keysPerMinute: { today: keysPerMinute(today.rateBps), endOfLife: keysPerMinute(endOfLife) },
    blockS: aged.blockS,
    demandBps,
    demandMet: endOfLife >= neededBps,
    tunnelsAtRekey: REKEY_S.map((rekeyS) => ({ rekeyS, tunnels: Math.floor((free * rekeyS) / KEY_BITS) })),
    tunnelsAsked: askedTunnels(service.tunnels ?? null, free),
    stock: {
      bits: stockBits,
      minutesOnCut: demandBps === 0 ? null : stockBits / demandBps / 60,
      fillMinutes: endOfLife > demandBps ? stockBits / (endOfLife - demandBps) / 60 : null,
      bridgeBits: demandBps === 0 ? 0 : demandBps * aged.blockS,
    },
    changes,
  };
}

/** The link at the end of the years that it is planned for. */
export function agedLink(planned: PlannedLink, { ageing }: Service): PlannedLink {
  return withMoreLoss(planned, ageing.dbPerYear * ageing.years + ageing.repairsDb);
}

const keysPerMinute = (rateBps: number): number => Math.floor((rateBps * 60) / KEY_BITS);

function askedTunnels(asked: Service["tunnels"], freeBps: number): ServiceReport["tunnelsAsked"] {
  if (asked == null) return null;
  const { count, rekeyS } = asked;
  const shortest = freeBps > 0 ? Math.max(SHORTEST_REKEY_S, Math.ceil((count * KEY_BITS) / freeBps)) : null;
  return { count, rekeyS, shortestRekeyS: shortest, met: shortest !== null && rekeyS >= shortest };
}
