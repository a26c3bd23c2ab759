import type { Server, Socket } from "node:net";
import { addressGroup } from "./address-group.ts";
import type { ListenerLimits } from "./listener-limits.ts";
import { openFilesLimit } from "./open-files.ts";

/** How a listener holds its sockets. */
export interface RawSocketsOptions {
  readonly limits: ListenerLimits;
  /** From the connection to `admit`. */
  readonly admitMs: number;
  /** Part of the files that the process may open, from which on connections are refused whatever the limits say. */
  readonly shareOfFiles: number;
}

/** One end of a connection, as TLS and the socket below it both tell it. */
export interface Remote {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

interface Held {
  readonly socket: Socket;
  readonly deadline: NodeJS.Timeout;
}

/**
 * The sockets of a TLS listener from the moment they connect. A server does not know those whose handshake is under
 * way: its own time-outs and its `close` pass them by.
 */
export class RawSockets {
  readonly #options: RawSocketsOptions;
  readonly #most: number;
  readonly #held = new Map<string, Held>();
  readonly #waiting = new Set<string>();
  readonly #ofGroup = new Map<string, number>();
  #familiar: string | null = null;

  constructor(options: RawSocketsOptions) {
    const { connections } = options.limits;
    const files = openFilesLimit() ?? Number.POSITIVE_INFINITY;
    this.#options = options;
    this.#most = Math.min(connections, Math.max(4, Math.floor(files * options.shareOfFiles)));
  }

  /** Holds the sockets of this server too. */
  watch(server: Server): void {
    server.prependListener("connection", (socket: Socket) => this.#accept(socket));
  }

  /** How many are open. */
  get open(): number {
    return this.#held.size;
  }

  /** The caller is welcome: no deadline any more. */
  admit(remote: Remote): void {
    const name = nameOf(remote);
    clearTimeout(this.#held.get(name)?.deadline);
    this.#waiting.delete(name);
  }

  /** From now on this caller's address finds its places although others fill the listener. */
  keepPlacesOf(remote: Remote): void {
    this.#familiar = addressGroup(remote.remoteAddress ?? "");
  }

  /** Ends connections that are not admitted yet. */
  destroyWaiting(): void {
    for (const name of [...this.#waiting]) this.#held.get(name)?.socket.destroy();
  }

  /** Ends all connections. */
  destroyAll(): void {
    for (const { socket } of [...this.#held.values()]) socket.destroy();
  }

  #accept(socket: Socket): void {
    socket.on("error", () => socket.destroy());
    // One that is gone already has no address.
    if (socket.remoteAddress === undefined) return void socket.destroy();
    const group = addressGroup(socket.remoteAddress);
    const { connectionsPerAddress } = this.#options.limits;
    const ofGroup = this.#ofGroup.get(group) ?? 0;
    const full = this.#held.size >= this.#most && group !== this.#familiar;
    if (full || ofGroup >= connectionsPerAddress) return void socket.destroy();
    const name = nameOf(socket);
    const deadline = setTimeout(() => socket.destroy(), this.#options.admitMs);
    this.#held.set(name, { socket, deadline });
    this.#waiting.add(name);
    this.#ofGroup.set(group, ofGroup + 1);
    socket.once("close", () => {
      clearTimeout(deadline);
      this.#held.delete(name);
      this.#waiting.delete(name);
      this.#leave(group);
    });
  }

  #leave(group: string): void {
    const left = (this.#ofGroup.get(group) ?? 1) - 1;
    if (left === 0) this.#ofGroup.delete(group);
    else this.#ofGroup.set(group, left);
  }
}

function nameOf({ remoteAddress, remotePort }: Remote): string {
  return `${remoteAddress} ${remotePort}`;
}
