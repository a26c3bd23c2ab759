import type { Server, TLSSocket } from "node:tls";
import { PeerError, type QkdError } from "../../errors/index.ts";
import { completeLimits, DEFAULT_PEER_LIMITS, type PeerLimits } from "../listener/listener-limits.ts";
import { RawSockets } from "../listener/raw-sockets.ts";
import type { PeerCredentials } from "./peer-credentials.ts";
import { listenForPeer, parsePeerAddress, renewPeerServer } from "./peer-tls.ts";

/** A channel that takes connections of one other node from a door. */
export interface DoorGuest {
  /** Whether the certificate of a connection is that node's. */
  readonly knows: (socket: TLSSocket) => boolean;
  readonly adopt: (socket: TLSSocket) => void;
}

/** How a node waits for others. */
export interface PeerDoorOptions {
  /** `tls://host:port` */
  readonly listen: string;
  /** What the node proves itself by, and the authority of all others. */
  readonly credentials: PeerCredentials;
  readonly limits?: Partial<PeerLimits>;
  /** Told of whoever is let in by nobody. */
  readonly refused: (error: QkdError) => void;
}

/** Nodes behind one address are many, and each has a connection of its own. */
const LIMITS: Partial<PeerLimits> = { connections: 256, connectionsPerAddress: 64 };

/**
 * One port of a node for all nodes that it shares keys with and no link. The certificate says whose a connection is; who
 * is no such node's is sent away before a word of it is read.
 */
export class PeerDoor {
  readonly sockets: RawSockets;
  readonly #options: PeerDoorOptions;
  readonly #guests = new Set<DoorGuest>();
  #credentials: PeerCredentials;
  #server: Server | null = null;

  constructor(options: PeerDoorOptions) {
    this.#options = options;
    this.#credentials = options.credentials;
    const limits = completeLimits(DEFAULT_PEER_LIMITS, { ...LIMITS, ...options.limits }, "peer.limits");
    this.sockets = new RawSockets({ limits, admitMs: limits.helloMs, shareOfFiles: 1 / 8 });
  }

  get port(): number | null {
    const address = this.#server?.address();
    return typeof address === "object" && address !== null ? address.port : null;
  }

  /** Rejects with TransportError where the port is taken. */
  async open(): Promise<void> {
    const { listen, refused } = this.#options;
    const address = parsePeerAddress(listen);
    const admit = (socket: TLSSocket) => this.#admit(socket);
    this.#server = await listenForPeer(address, this.#credentials, this.sockets, admit, refused);
  }

  /** From now on connections of that guest's node are its own; what it returns ends that. */
  expect(guest: DoorGuest): () => void {
    this.#guests.add(guest);
    return () => void this.#guests.delete(guest);
  }

  /** Later handshakes use these; connections that stand are judged by their channels. */
  renew(credentials: PeerCredentials): void {
    this.#credentials = credentials;
    if (this.#server !== null) renewPeerServer(this.#server, credentials);
  }

  /** Ends connections that nobody took, and the port. Idempotent. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.sockets.destroyAll();
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #admit(socket: TLSSocket): void {
    const guest = [...this.#guests].find(({ knows }) => knows(socket));
    if (guest !== undefined) {
      guest.adopt(socket);
      return;
    }
    const fingerprint = socket.getPeerX509Certificate()?.fingerprint256;
    socket.on("error", () => {}).destroy();
    this.#options.refused(
      new PeerError("QKD_PEER_CERTIFICATE", "a node that this one shares no pair with wants to connect", {
        context: { fingerprint },
        remedy:
          "name its secret under pairs, and its certificate in the network file, if it is a node of the network",
      }),
    );
  }
}
