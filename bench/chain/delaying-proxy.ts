import { connect, createServer, type Server, type Socket } from "node:net";

/** A relay on the loopback interface that holds everything back for a while, as a long fibre does. */
export class DelayingProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** Relays to `targetPort`, each direction later by `delayMs`. */
  static listen(targetPort: number, delayMs: number): Promise<DelayingProxy> {
    const server = createServer({ noDelay: true });
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const at = server.address();
        const proxy = new DelayingProxy(server, typeof at === "object" && at !== null ? at.port : 0);
        server.on("connection", (near) => proxy.#join(near, targetPort, delayMs));
        resolve(proxy);
      });
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(near: Socket, targetPort: number, delayMs: number): void {
    const far = connect({ host: "127.0.0.1", port: targetPort, noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (chunk) => setTimeout(() => to.writable && to.write(chunk), delayMs));
      from.on("error", () => from.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        setTimeout(() => to.destroy(), delayMs);
      });
    }
  }
}
