import { setTimeout as sleep } from "node:timers/promises";
import type { DevelopmentAuthority } from "../../../cli/index.ts";
import { openPeerChannel, type PeerState, type TlsPeerChannel } from "../../../controller/index.ts";
import {
  connectionHeartbeat,
  distillationTag,
  PEER_MESSAGES,
  type PeerMessage,
  SecretBytes,
} from "../../../protocol/index.ts";
import { crashesDuring } from "../crashes.ts";
import { type Deviation, deviationsOf } from "../deviation.ts";
import type { Verdict } from "../evening.ts";
import type { Side } from "../memory-connection.ts";
import { SocketLiar } from "./socket-liar.ts";

/** A message of the connection itself, a liar, a way to break the rules as long as it lies. */
export interface SocketCase {
  readonly message: PeerMessage<unknown>;
  readonly liar: Side;
  readonly deviation: Deviation;
}

/** Every message of the connection x both sides x every deviation. */
export const SOCKET_CASES: readonly SocketCase[] = PEER_MESSAGES.filter(
  ({ owner }) => owner === "connection",
).flatMap((message) =>
  (["alice", "bob"] as const).flatMap((liar) =>
    deviationsOf(message).map((deviation) => ({ message, liar, deviation })),
  ),
);

/** The deadline of an introduction, and some. */
const LONGEST_MS = 6500;
const HEARTBEAT_MS = 50;
const SECRET = new Uint8Array(64).fill(3);
/** So many looks at 5 ms find both sides content: ten heartbeats. */
const CONTENT_LOOKS = 100;

/** Plays one case over TLS on this machine, in real time: the lie from the first byte on, good behaviour, and the account. */
export async function playSockets(
  authority: DevelopmentAuthority,
  { message, liar: side, deviation }: SocketCase,
): Promise<Verdict> {
  const traces: string[] = [];
  const named = new Set<string>();
  const liar = new SocketLiar(side, message.kind, deviation);
  const crashes = await crashesDuring(async () => {
    const open: TlsPeerChannel[] = [];
    try {
      const alice = await site(authority, "alice", { listen: "tls://127.0.0.1:0" });
      open.push(alice);
      liar.lie(alice.port);
      const bob = await site(authority, "bob", { connect: `tls://127.0.0.1:${alice.port}` });
      open.push(bob);
      const seen: Record<Side, PeerState[]> = { alice: [], bob: [] };
      alice.state$.subscribe((state) => seen.alice.push(state));
      bob.state$.subscribe((state) => seen.bob.push(state));
      const told = () => liar.lies > 0 && [...seen.alice, ...seen.bob].some(({ error }) => error !== null);
      const bothUp = () => seen.alice.at(-1)?.state === "up" && seen.bob.at(-1)?.state === "up";
      // Where both sides are content nothing comes of it any more, but heartbeats do.
      let content = 0;
      const rests = () => (bothUp() ? ++content : 0) > CONTENT_LOOKS;
      await until(() => told() || rests(), LONGEST_MS);
      const honest = seen[side === "alice" ? "bob" : "alice"];
      const strict = (deviation.of === "value" || deviation.of === "size") && liar.lies > 0;
      if (strict && message.kind !== connectionHeartbeat.kind && honest.some(({ state }) => state === "up"))
        traces.push("a false introduction is let in");
      if (strict && !told()) traces.push("no failure is named");
      liar.behave();
      for (const { error } of [...seen.alice, ...seen.bob]) if (error !== null) named.add(error.code);
      await until(bothUp, LONGEST_MS + 1000);
      if (!bothUp()) traces.push("no connection afterwards");
      // What was said twice may end a connection that stood already; the next one must hold.
      else if (!(await carries(alice, bob, bothUp)) || !(await carries(bob, alice, bothUp)))
        traces.push("the connection carries nothing afterwards");
    } finally {
      liar.behave();
      for (const channel of open) await channel.close();
    }
  });
  const { name } = message;
  return {
    message: name,
    liar: side,
    deviation: deviation.name,
    of: deviation.of,
    lies: liar.lies,
    named: [...named].sort(),
    lost: 0,
    traces: [...traces, ...crashes],
  };
}

async function site(
  authority: DevelopmentAuthority,
  name: Side,
  way: { readonly listen: string } | { readonly connect: string },
): Promise<TlsPeerChannel> {
  const identity = await authority.issue(`kme-${name}`, ["127.0.0.1"]);
  return openPeerChannel({
    introduction: { site: name, linkId: "liars" },
    credentials: { ...identity, authority: authority.certificate },
    secret: new SecretBytes(SECRET.slice()),
    reconnectMinMs: 20,
    reconnectMaxMs: 100,
    heartbeatMs: HEARTBEAT_MS,
    ...way,
  });
}

async function until(condition: () => boolean, longestMs: number): Promise<void> {
  for (const end = performance.now() + longestMs; !condition() && performance.now() < end; ) await sleep(5);
}

/** A message of one side reaches the other, over this connection or a later one. */
async function carries(from: TlsPeerChannel, to: TlsPeerChannel, up: () => boolean): Promise<boolean> {
  let heard = false;
  const subscription = to.messages$.subscribe(() => {
    heard = true;
  });
  for (let attempt = 0; attempt < 5 && !heard; attempt++) {
    await until(up, LONGEST_MS);
    await from.send(distillationTag.kind, new Uint8Array(24)).catch(() => {});
    await until(() => heard, 1000);
  }
  subscription.unsubscribe();
  return heard;
}
