import { parentPort, workerData } from "node:worker_threads";
import { InternalError } from "../../../errors/index.ts";
import { type PeerOwner, peerOwnerOf, SecretBytes } from "../../../protocol/index.ts";
import { GatedChannel } from "../gated-channel.ts";
import type { PeerEndpoint } from "../peer-channel.ts";
import { RecordedChannel } from "../recorded-channel.ts";
import { RemotePeerChannel } from "../remote-peer-channel.ts";
import { servePeerChannel } from "../serve-peer-channel.ts";
import { TlsPeerChannel } from "../tls-peer-channel.ts";
import { TracedChannel } from "../traced-channel.ts";
import type { MountModule } from "./mount.ts";
import type { Admission, PeerThreadStart, ThreadNews } from "./thread-messages.ts";

// The thread of the peer connection: owners that are mounted here get their messages at once, all others on the main thread.
const main = parentPort;
if (main === null) throw new InternalError("QKD_INTERNAL", "the peer connection runs in a worker thread");
const { port, connection, trace, record, mounts } = workerData as PeerThreadStart;
const tell = (news: ThreadNews): void => main.postMessage(news);
const endpoint: PeerEndpoint =
  connection === null
    ? new RemotePeerChannel(port)
    : new TlsPeerChannel({ ...connection, secret: new SecretBytes(connection.secret) });
const traced = trace ? new TracedChannel(endpoint, (line) => tell({ type: "trace", line })) : endpoint;
const channel = record
  ? new RecordedChannel(traced, (...recorded) => tell({ type: "record", recorded }))
  : traced;
const mounted = new Set<PeerOwner | undefined>(mounts.map(({ owner }) => owner));
if (connection !== null) servePeerChannel(channel, port, (kind) => !mounted.has(peerOwnerOf(kind)));

const gates = new Map<PeerOwner, GatedChannel>();
for (const { owner, module, port: way, data } of mounts) {
  const gate = new GatedChannel(channel, (kind) => peerOwnerOf(kind) === owner);
  gates.set(owner, gate);
  const { mount } = (await import(module)) as MountModule<unknown>;
  await mount({ channel: gate, port: way, data });
}
// A channel of the main thread's is admitted there.
if (connection === null)
  channel.state$.subscribe(({ state, epoch }) => {
    if (state === "up") for (const gate of gates.values()) gate.open(epoch);
  });
main.on("message", ({ owner, epoch }: Admission) => gates.get(owner)?.open(epoch));
tell({ type: "ready" });
