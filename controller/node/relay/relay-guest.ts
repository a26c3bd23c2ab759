import { relayLinks } from "../../../protocol/index.ts";
import type { SendMessage } from "../../peer/send-message.ts";
import type { LinkReport } from "../../routing/link-state.ts";
import type { BlockSource, SourceHoldings } from "../../sources/block-source.ts";

/** What a guest hands on to its node. */
export interface RelayGuestPorts {
  readonly neighbour: string;
  /** Over the connection with that neighbour. */
  readonly send: SendMessage;
  readonly connected: (neighbour: string) => void;
  /** A hop or a refusal; false for any other kind. */
  readonly hop: (from: string, kind: number, body: Uint8Array) => Promise<boolean>;
  readonly report: (from: string, report: LinkReport) => void;
}

/** Relay on the connection of a link: hops, refusals and reports of this neighbour. It gives the pair of the link no block. */
export class RelayGuest implements BlockSource {
  readonly kind = "relayed";
  readonly origin = null;
  readonly neighbour: string;
  readonly send: SendMessage;
  readonly #ports: RelayGuestPorts;
  #up = false;

  constructor(ports: RelayGuestPorts) {
    this.#ports = ports;
    this.neighbour = ports.neighbour;
    this.send = ports.send;
  }

  /** Whether a hop can be sent to the neighbour now. */
  get up(): boolean {
    return this.#up;
  }

  connected(epoch: number | null): void {
    this.#up = epoch !== null;
    if (this.#up) this.#ports.connected(this.neighbour);
  }

  /** Rejects with PeerError for a message that is none, and with KeyStoreError. */
  async receive(kind: number, body: Uint8Array): Promise<boolean> {
    if (kind !== relayLinks.kind) return this.#ports.hop(this.neighbour, kind, body);
    this.#ports.report(this.neighbour, relayLinks.decode(body));
    return true;
  }

  async holdings(): Promise<SourceHoldings> {
    return { blockIds: [], newest: -1 };
  }

  /** It gives no key. */
  async fill(): Promise<void> {}

  async close(): Promise<void> {
    this.#up = false;
  }
}
