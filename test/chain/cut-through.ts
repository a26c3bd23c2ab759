import { connect, createServer, type Server, type Socket } from "node:net";

/** A way to a port that can fall silent while its connections stand. */
export class CutThrough {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #silent = false;
  #afterAnswer: (() => void) | null = null;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(port: number): Promise<CutThrough> {
    const server = createServer();
    const way = new CutThrough(server);
    server.on("connection", (near) => way.#join(near, connect(port, "127.0.0.1")));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return way;
  }

  get port(): number {
    return (this.#server.address() as { readonly port: number }).port;
  }

  /** From now on nothing passes, and nobody is told. */
  fallSilent(): void {
    this.#silent = true;
  }

  /** The same, once the first answer has passed; `fallen` is called then. */
  fallSilentAfterAnAnswer(fallen: () => void): void {
    this.#afterAnswer = fallen;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (chunk) => {
        if (!this.#silent) to.write(chunk);
        if (this.#afterAnswer === null || from === near) return;
        this.#silent = true;
        this.#afterAnswer();
      });
      from.on("error", () => {});
      from.on("close", () => {
        this.#sockets.delete(from);
        if (!this.#silent) to.destroy();
      });
    }
  }
}
