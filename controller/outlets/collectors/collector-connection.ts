import type { Notice } from "../notices/notice.ts";

/** What a connection tells; after `lost` nothing more. */
export interface ConnectionEvents {
  readonly opened: () => void;
  /** `reason`: half a sentence, for people. */
  readonly lost: (reason: string) => void;
}

/** A way to a collector that is open, or being opened. */
export interface CollectorConnection {
  /** Sends one notice; `handed` when it is out of our hands. */
  send(notice: Notice, handed: () => void): void;
  /** What was handed over may still go; tells nothing any more. */
  end(): void;
  /** At once. Tells nothing any more. */
  destroy(): void;
}

/** A collector that can be reached. */
export interface Collector {
  /** `syslog` or `snmp`, as the site's file calls it. */
  readonly outlet: "syslog" | "snmp";
  /** As the site's file writes it. */
  readonly address: string;
  /** Whether it says of each notice that it has it. */
  readonly confirms: boolean;
  readonly open: (events: ConnectionEvents) => CollectorConnection;
}

/** What is told of a collector: once when it is lost, once when it is reached. */
export type CollectorNews = {
  readonly outlet: "syslog" | "snmp" | "nats";
  readonly address: string;
} & (
  | { readonly type: "collectorLost"; readonly reason: string; readonly waiting: number }
  | { readonly type: "collectorReached"; readonly waiting: number; readonly dropped: number }
  /** The site stops, and so many notices reached nobody. */
  | { readonly type: "collectorMissed"; readonly notices: number }
);
