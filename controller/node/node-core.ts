import { type Observable, Subject } from "rxjs";
import type { DeliveryOptions } from "../delivery/delivery-options.ts";
import { createDeliveryServer, type DeliveryServer } from "../delivery/delivery-server.ts";
import type { ControllerEvent } from "../events.ts";
import type { NodeLink } from "./node-link.ts";

/** Ends the store that the links of a node share. */
interface StoreEnd {
  close(): Promise<void>;
}

/** What every node is: link ends, one store, at most one front of key delivery. It closes them all, in their order. */
export class NodeCore {
  /** What happens to key delivery; no replay. */
  readonly events$: Observable<ControllerEvent>;
  readonly #events = new Subject<ControllerEvent>();
  readonly #links: NodeLink[];
  readonly #store: StoreEnd;
  #delivery: DeliveryServer | null = null;
  #closing: Promise<void> | null = null;

  constructor(links: readonly NodeLink[], store: StoreEnd) {
    this.#links = [...links];
    this.#store = store;
    this.events$ = this.#events.asObservable();
  }

  get links(): readonly NodeLink[] {
    return this.#links;
  }

  get delivery(): DeliveryServer | null {
    return this.#delivery;
  }

  get closing(): boolean {
    return this.#closing !== null;
  }

  /** Opens the front of key delivery, where one is wanted. Rejects with ConfigError. */
  async serve(options: Omit<DeliveryOptions, "told"> | null): Promise<void> {
    if (options === null) return;
    const told: DeliveryOptions["told"] = (news) => this.#events.next({ ...news, atMs: Date.now() });
    this.#delivery = await createDeliveryServer({ ...options, told });
  }

  join(link: NodeLink): void {
    this.#links.push(link);
  }

  /** Ends one link; keys that it made stay in the store. */
  async part(link: NodeLink): Promise<void> {
    const place = this.#links.indexOf(link);
    if (place >= 0) this.#links.splice(place, 1);
    await link.close();
  }

  /** Nothing more is taken in; what was asked for before is still answered. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#delivery?.close(), ...this.#links.map((link) => link.halt())]);
    await Promise.all(this.#links.map((link) => link.close()));
    await this.#store.close();
    this.#events.complete();
  }
}
