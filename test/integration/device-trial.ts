import { connect, createServer, type Server, type Socket } from "node:net";
import { Observable } from "rxjs";
import { deviceCommand } from "../../cli/index.ts";
import type { Transport } from "../../drivers/index.ts";
import type { EmulatedLink } from "../../emulator/index.ts";
import { PARAMETERS, type ParameterName } from "../../protocol/index.ts";
import { TestClient } from "../contract/test-client.ts";

/** What one run of `qkdlink device` said. */
export interface DeviceRun {
  readonly out: string;
  readonly hints: string;
  readonly error: unknown;
}

/** Runs `qkdlink device …` in this process. */
export async function device(...words: readonly string[]): Promise<DeviceRun> {
  const said = { out: "", hints: "" };
  const write = (text: string): void => {
    said.out += text;
  };
  const command = deviceCommand({
    write,
    hint: (text) => {
      said.hints += text;
    },
  });
  command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: write });
  try {
    await command.parseAsync([...words], { from: "user" });
    return { ...said, error: undefined };
  } catch (error) {
    return { ...said, error };
  }
}

/** What the user does who presses Ctrl-C. */
export const pressCtrlC = (): void => {
  process.listeners("SIGINT").at(-1)?.("SIGINT");
};

/** Another person at the same unit. */
export class Colleague {
  readonly client: TestClient;

  private constructor(client: TestClient) {
    this.client = client;
  }

  static async at(address: string | undefined): Promise<Colleague> {
    return new Colleague(await TestClient.tcp(address));
  }

  async valueOf(name: ParameterName): Promise<number | string> {
    return (await this.client.call("getParameter", { id: PARAMETERS[name].id })).value;
  }

  async set(name: ParameterName, value: number | string): Promise<void> {
    await this.client.call("setParameter", { id: PARAMETERS[name].id, value });
  }

  /** All values, state and lease of the unit: what a command that failed may not leave changed. */
  async look() {
    const { parameters } = await this.client.call("listParameters", {});
    const { holder } = await this.client.call("lease", { holder: "", seconds: 0, ending: "restore" });
    const { state } = await this.client.call("getStatus", {});
    return { values: Object.fromEntries(parameters.map(({ name, value }) => [name, value])), holder, state };
  }

  lease(holder: string, seconds = 60) {
    return this.client.call("lease", { holder, seconds, ending: "restore" });
  }

  close(): void {
    this.client.close();
  }
}

/** A way to a unit that breaks after so many bytes, and is whole again a little later. */
export class VanishingWay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #left = Number.POSITIVE_INFINITY;
  #away = false;
  /** Bytes that have passed, both ways together. */
  bytes = 0;
  /** How often the unit was gone. */
  vanishings = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(target: string | undefined): Promise<VanishingWay> {
    const { port } = new URL(target ?? "");
    const server = createServer();
    const way = new VanishingWay(server);
    server.on("connection", (near) => way.#join(near, connect(Number(port), "127.0.0.1")));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return way;
  }

  get address(): string {
    return `tcp://127.0.0.1:${(this.#server.address() as { readonly port: number }).port}`;
  }

  /** From the byte after these on the unit is gone, for `awayMs`. */
  vanishAfter(bytes: number, awayMs: number): void {
    this.#left = bytes;
    this.bytes = 0;
    this.#awayMs = awayMs;
  }

  #awayMs = 0;

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(near: Socket, far: Socket): void {
    if (this.#away) {
      near.destroy();
      far.destroy();
      return;
    }
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (chunk) => {
        this.bytes += chunk.length;
        const passing = chunk.subarray(0, Math.max(0, this.#left));
        this.#left -= chunk.length;
        if (passing.length > 0) to.write(passing);
        if (this.#left < 0) this.#vanish();
      });
      from.on("error", () => {});
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }

  #vanish(): void {
    this.#left = Number.POSITIVE_INFINITY;
    this.#away = true;
    this.vanishings += 1;
    for (const socket of this.#sockets) socket.destroy();
    setTimeout(() => {
      this.#away = false;
    }, this.#awayMs);
  }
}

/** The TCP address of a site's unit. */
export const addressAt = (link: EmulatedLink, site: "alice" | "bob"): string =>
  link.addresses[site].tcp ?? "";

/** A socket as a transport, for a unit by script. */
export const transportOver = (socket: Socket): Transport => ({
  kind: "tcp",
  name: "test",
  bytes$: new Observable((subscriber) => {
    socket.on("data", (chunk) => subscriber.next(chunk));
    socket.on("close", () => subscriber.complete());
  }),
  write: async (bytes) => void socket.write(bytes),
  close: async () => void socket.destroy(),
});
