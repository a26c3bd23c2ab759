import { createSocket } from "node:dgram";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** A collector of syslog that a test holds in its hand: what it got, message by message, and how it behaves. */
export class SyslogReceiver {
  readonly messages: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  private constructor(tls: TlsOptions | null, treat: (socket: Socket) => void) {
    const accept = (socket: Socket) => {
      socket.on("error", () => {});
      treat(socket);
    };
    this.#server = tls === null ? createServer(accept) : createTlsServer(tls, accept);
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** `treat` replaces what an honest receiver does with a connection. */
  static async listen(
    options: { tls?: TlsOptions; port?: number; treat?: (socket: Socket) => void } = {},
  ): Promise<SyslogReceiver> {
    const receiver: SyslogReceiver = new SyslogReceiver(
      options.tls ?? null,
      options.treat ?? ((socket) => receiver.read(socket)),
    );
    await new Promise<void>((resolve) => {
      receiver.#server.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    receiver.#port = (receiver.#server.address() as AddressInfo).port;
    return receiver;
  }

  get port(): number {
    return this.#port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Reads messages by octet counting (RFC 6587 section 3.4.1); anything else throws. */
  read(socket: Socket): void {
    let rest = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const count = /^([1-9]\d{0,5}) /.exec(rest.subarray(0, 8).toString("latin1"));
        if (count === null) {
          if (rest.length > 8) throw new Error(`no octet count: ${rest.subarray(0, 40)}`);
          return;
        }
        const from = count[0].length;
        const past = from + Number(count[1]);
        if (rest.length < past) return;
        this.messages.push(rest.subarray(from, past).toString("utf8"));
        rest = rest.subarray(past);
      }
    });
  }

  /** Breaks all connections, as a machine that goes away does. */
  breakAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.breakAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A collector by datagrams. */
export async function datagramReceiver(port = 0) {
  const messages: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (message) => messages.push(message.toString("utf8")));
  await new Promise<void>((resolve) => {
    socket.bind(port, "127.0.0.1", resolve);
  });
  return {
    messages,
    port: socket.address().port,
    close: () => new Promise<void>((resolve) => socket.close(resolve)),
  };
}

/** Of an alarm its id, of a site what became of it. */
export const idsOf = (messages: readonly string[]) =>
  messages.flatMap((message) => {
    const [, id] = /\[qkdAlarm@\S+ id="([^"]+)"/.exec(message) ?? [];
    const [, state] = /\[qkdSite@[^\]]* state="([^"]+)"/.exec(message) ?? [];
    return id ?? state ?? [];
  });
