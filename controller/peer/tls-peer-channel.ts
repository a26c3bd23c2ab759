import type { Server, TLSSocket } from "node:tls";
import { BehaviorSubject, type Observable, Subject } from "rxjs";
import { ConfigError, PeerError, QkdError } from "../../errors/index.ts";
import { checkOptions, maybe, partly, type RulesOf, rule } from "../../options/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import {
  completeLimits,
  DEFAULT_PEER_LIMITS,
  PEER_LIMITS_RULES,
  type PeerLimits,
} from "../listener/listener-limits.ts";
import { RawSockets } from "../listener/raw-sockets.ts";
import type { OutgoingMessage, PeerEndpoint, PeerMessage, PeerState } from "./peer-channel.ts";
import { PeerConnection } from "./peer-connection.ts";
import { CREDENTIALS_RULES, type PeerCredentials } from "./peer-credentials.ts";
import { PeerDoor } from "./peer-door.ts";
import type { PeerIntroduction } from "./peer-hello.ts";
import { dialPeer, listenForPeer, parsePeerAddress, renewPeerServer } from "./peer-tls.ts";
import { PeerTrust } from "./peer-trust.ts";

const DIAL_MS = 5000;

/** How one site joins the channel: one side listens, at a port of its own or at a door of its node, the other dials. */
export interface TlsPeerOptions {
  readonly introduction: PeerIntroduction;
  readonly credentials: PeerCredentials;
  /** Pre-placed secret of the link. */
  readonly secret: SecretBytes;
  readonly listen?: string;
  readonly connect?: string;
  readonly door?: PeerDoor;
  readonly reconnectMinMs?: number;
  readonly reconnectMaxMs?: number;
  readonly heartbeatMs?: number;
  /** Of the side that listens. */
  readonly limits?: Partial<PeerLimits>;
}

const INTRODUCTION: RulesOf<PeerIntroduction> = {
  site: rule.choice("alice", "bob"),
  end: maybe(rule.choice("proposer", "acceptor")),
  linkId: rule.text(),
  authRecovery: maybe(rule.choice("manual", "computational")),
  kem: maybe(rule.choice("ML-KEM-768", "ML-KEM-1024")),
  combiner: maybe(rule.choice("kdf", "xor")),
};

export const TLS_PEER_RULES: RulesOf<TlsPeerOptions> = {
  introduction: rule.object<PeerIntroduction>(INTRODUCTION),
  credentials: rule.open<PeerCredentials>(CREDENTIALS_RULES),
  secret: rule.instance(SecretBytes, "SecretBytes, as readLinkSecretFile gives them"),
  listen: maybe(rule.text("tls://host:port")),
  connect: maybe(rule.text("tls://host:port")),
  door: maybe(rule.instance(PeerDoor, "a PeerDoor")),
  reconnectMinMs: maybe(rule.wait()),
  reconnectMaxMs: maybe(rule.wait()),
  heartbeatMs: maybe(rule.wait()),
  limits: maybe(rule.object<PeerLimits>(partly(PEER_LIMITS_RULES))),
};

/** Makes the peer channel and begins; what the peer sends before the first subscription is lost. */
export async function openPeerChannel(options: TlsPeerOptions): Promise<TlsPeerChannel> {
  const channel = new TlsPeerChannel(options);
  await channel.begin();
  return channel;
}

/** PeerChannel over TLS 1.3. Subscribe first, then `begin`. */
export class TlsPeerChannel implements PeerEndpoint {
  readonly messages$: Observable<PeerMessage>;
  readonly state$: Observable<PeerState>;
  readonly #options: TlsPeerOptions;
  readonly #messages = new Subject<PeerMessage>();
  readonly #state = new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null });
  #connection: PeerConnection | null = null;
  #server: Server | null = null;
  #retryTimer: NodeJS.Timeout | null = null;
  #retryMs: number;
  #closed = false;
  readonly #trust: PeerTrust;
  readonly #sockets: RawSockets;
  #leaveDoor: () => void = () => {};
  readonly #ending = new AbortController();

  /** @throws ConfigError unless exactly one of `listen`, `connect` and `door` is given, and for unusable credentials. */
  constructor(options: TlsPeerOptions) {
    checkOptions("the options of a peer channel", options, TLS_PEER_RULES);
    const { listen, connect, door } = options;
    if ([listen, connect, door].filter((way) => way !== undefined).length !== 1)
      throw new ConfigError(
        "QKD_CONFIG_INVALID",
        "exactly one of listen and connect must be given for the peer",
      );
    this.#trust = new PeerTrust(options.credentials);
    this.#options = options;
    const limits = completeLimits(DEFAULT_PEER_LIMITS, options.limits ?? {}, "peer.limits");
    this.#sockets = door?.sockets ?? new RawSockets({ limits, admitMs: limits.helloMs, shareOfFiles: 1 / 8 });
    this.#retryMs = options.reconnectMinMs ?? 200;
    this.messages$ = this.#messages.asObservable();
    this.state$ = this.#state.asObservable();
  }

  get port(): number | null {
    const address = this.#server?.address();
    return typeof address === "object" && address !== null ? address.port : null;
  }

  async begin(): Promise<void> {
    const { door } = this.#options;
    if (door !== undefined) {
      this.#leaveDoor = door.expect({
        knows: (socket) => this.#trust.watch(socket)() === null,
        adopt: (socket) => void this.#adopt(socket),
      });
    } else if (this.#options.listen !== undefined) {
      const address = parsePeerAddress(this.#options.listen);
      this.#server = await listenForPeer(
        address,
        this.#trust.credentials,
        this.#sockets,
        (socket) => void this.#adopt(socket),
        (error) => this.#report(error),
      );
    } else void this.#dial();
  }

  async renew(credentials: PeerCredentials): Promise<void> {
    this.#trust.renew(credentials);
    if (this.#server !== null) renewPeerServer(this.#server, credentials);
    this.#connection?.recheck();
  }

  send(kind: number, body: Uint8Array | readonly Uint8Array[]): Promise<void> {
    return this.sendAll([{ kind, parts: body instanceof Uint8Array ? [body] : body }]);
  }

  sendAll(messages: readonly OutgoingMessage[]): Promise<void> {
    const connection = this.#connection;
    if (connection === null || this.#state.value.state !== "up")
      return Promise.reject(
        new PeerError("QKD_PEER_UNREACHABLE", "the peer channel is down", { retryable: true }),
      );
    return connection.sendAll(messages);
  }

  recycle(body: Uint8Array): void {
    this.#connection?.recycle(body);
  }

  reconnect(reason: QkdError): void {
    const connection = this.#connection;
    if (connection === null) return;
    connection.end();
    // The other site may have given cause: not again at once.
    this.#retryMs = this.#options.reconnectMaxMs ?? 5000;
    this.#lost(connection, reason);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#connection?.end();
    this.#ending.abort();
    this.#leaveDoor();
    if (this.#options.door === undefined) this.#sockets.destroyAll();
    const server = this.#server;
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()));
    this.#state.next({ state: "down", epoch: this.#state.value.epoch, error: null });
    this.#state.complete();
    this.#messages.complete();
  }

  async #dial(): Promise<void> {
    const address = parsePeerAddress(this.#options.connect ?? "");
    try {
      const socket = await dialPeer(address, this.#trust.credentials, DIAL_MS, this.#ending.signal);
      if (this.#closed) socket.destroy();
      else await this.#adopt(socket);
    } catch (error) {
      this.#report(peerFailure(error));
      this.#scheduleDial();
    }
  }

  #scheduleDial(): void {
    if (this.#closed || this.#options.connect === undefined || this.#retryTimer !== null) return;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null;
      void this.#dial();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, this.#options.reconnectMaxMs ?? 5000);
  }

  /** A new connection replaces the present one only after its hello succeeded. */
  async #adopt(socket: TLSSocket): Promise<void> {
    const distrust = this.#trust.watch(socket);
    const fault = distrust();
    if (fault !== null) {
      socket.on("error", () => {}).destroy();
      this.#report(fault);
      this.#scheduleDial();
      return;
    }
    const connection = new PeerConnection(socket, this.#options.heartbeatMs ?? 2000);
    const remote = { remoteAddress: socket.remoteAddress, remotePort: socket.remotePort };
    try {
      await connection.hello(this.#options.introduction, this.#options.secret);
    } catch (error) {
      connection.end();
      this.#report(peerFailure(error));
      this.#scheduleDial();
      return;
    }
    if (this.#closed) return connection.end();
    this.#sockets.admit(remote);
    this.#sockets.keepPlacesOf(remote);
    const former = this.#connection;
    this.#connection = connection;
    if (former !== null) {
      former.end();
      this.#state.next({ state: "down", epoch: this.#state.value.epoch, error: null });
    }
    this.#retryMs = this.#options.reconnectMinMs ?? 200;
    connection.run(
      (message) => this.#messages.next(message),
      (error) => this.#lost(connection, error),
      distrust,
    );
    this.#state.next({ state: "up", epoch: this.#state.value.epoch + 1, error: null });
    connection.release();
  }

  #lost(connection: PeerConnection, error: QkdError): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    if (this.#closed) return;
    this.#state.next({ state: "down", epoch: this.#state.value.epoch, error });
    this.#scheduleDial();
  }

  /** A failed attempt is news only while no good connection stands. */
  #report(error: QkdError): void {
    if (this.#closed || this.#connection !== null) return;
    this.#state.next({ state: "down", epoch: this.#state.value.epoch, error });
  }
}

function peerFailure(error: unknown): QkdError {
  if (error instanceof QkdError) return error;
  return new PeerError("QKD_PEER_UNREACHABLE", "the peer site cannot be reached", {
    cause: error,
    retryable: true,
  });
}
