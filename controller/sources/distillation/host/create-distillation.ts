import { MessageChannel, Worker } from "node:worker_threads";
import { loadKernels } from "../../../../kernels/index.ts";
import { checkOptions, maybe, rule } from "../../../../options/index.ts";
import type { PeerChannel, PeerEndpoint } from "../../../peer/peer-channel.ts";
import type { PeerTap } from "../../../peer/recorded-channel.ts";
import type { Mount } from "../../../peer/thread/mount.ts";
import { openPeerThread, openPeerThreadOver, type PeerThread } from "../../../peer/thread/peer-thread.ts";
import { TLS_PEER_RULES, type TlsPeerOptions } from "../../../peer/tls-peer-channel.ts";
import { agreedSettings } from "../settings.ts";
import { BASICS_RULES, type Distillation, type DistillationBasics } from "./distillation.ts";
import { DistillationHost } from "./distillation-host.ts";
import { type EngineStart, workerError } from "./worker-messages.ts";

/** Distillation over a channel of the caller's. */
export interface DistillationOptions extends DistillationBasics {
  readonly peer: PeerChannel;
}

/** Distillation over a connection that its own thread makes. */
export interface ConnectedDistillationOptions extends DistillationBasics {
  readonly connection: TlsPeerOptions;
  /** Called with every message of the connection in words, where given; without what declarations redact. */
  readonly trace?: (line: string) => void;
  /** Called with every message of the connection for a recording, where given; redacted by its declaration. */
  readonly peerTap?: PeerTap;
}

/** Distillation whose thread holds the connection, so that messages do not cross threads on their way to the other site. */
export interface ConnectedDistillation extends Distillation {
  /** The connection as all others use it. Subscribe, then `begin`. */
  readonly channel: PeerEndpoint;
  /** Lets distillation use the connection of that epoch; until then what the other site sends is held. */
  admit(epoch: number): void;
}

/**
 * Mounts the engine on a thread that uses the caller's channel, starts the amplifying thread, and joins them to the reserve.
 * @throws ConfigError for impossible settings, KernelError when the kernels cannot be loaded.
 */
export async function createDistillation(options: DistillationOptions): Promise<Distillation> {
  checkOptions("the options of createDistillation", options, {
    ...BASICS_RULES,
    peer: rule.having(["send"], "a peer channel"),
  });
  const { host, result } = await mounted(options, (mount) => openPeerThreadOver(options.peer, [mount]));
  host.onClose(() => result.close());
  return host;
}

/** The same with a connection of its own. @throws like `createDistillation`. */
export async function createConnectedDistillation(
  options: ConnectedDistillationOptions,
): Promise<ConnectedDistillation> {
  checkOptions("the options of createConnectedDistillation", options, {
    ...BASICS_RULES,
    connection: rule.object<TlsPeerOptions>(TLS_PEER_RULES),
    trace: maybe(rule.callback),
    peerTap: maybe(rule.callback),
  });
  const { host, result } = await mounted(options, (mount) =>
    openPeerThread(options.connection, [mount], {
      trace: options.trace !== undefined,
      record: options.peerTap !== undefined,
    }),
  );
  const { channel, thread } = result;
  if (options.trace !== undefined) thread.onTrace(options.trace);
  if (options.peerTap !== undefined) thread.onRecord(options.peerTap);
  host.onClose(() => channel.close());
  return Object.assign(host, { channel, admit: (epoch: number) => thread.admit("distillation", epoch) });
}

async function mounted<T extends { readonly thread: PeerThread }>(
  { role, settings, auth, firstSequence, attempts, insecureSeed }: DistillationBasics,
  open: (mount: Mount) => Promise<T>,
): Promise<{ readonly host: DistillationHost; readonly result: T }> {
  agreedSettings(settings);
  // Errors lose their class on the way out of a thread: a missing kernel is found here, under its own code.
  await loadKernels();
  const [engineWay, amplifierWay] = [new MessageChannel(), new MessageChannel()];
  const amplifier = new Worker(moduleUrl("amplifier-worker"), {
    workerData: { engine: amplifierWay.port1 },
    transferList: [amplifierWay.port1],
  });
  const data: EngineStart = {
    role,
    settings,
    firstSequence,
    amplifier: amplifierWay.port2,
    ...(attempts === undefined ? {} : { attempts }),
    ...(insecureSeed === undefined ? {} : { insecureSeed }),
  };
  const host = new DistillationHost(auth, engineWay.port1, amplifier);
  try {
    const result = await open({
      owner: "distillation",
      module: moduleUrl("engine-mount"),
      port: engineWay.port2,
      data,
      transfer: [amplifierWay.port2],
    });
    result.thread.onFailure((cause) => host.failed(cause));
    host.onClose(() => result.thread.end());
    return { host, result };
  } catch (cause) {
    await host.close();
    throw workerError(cause);
  }
}

function moduleUrl(name: string): URL {
  return new URL(`./${name}.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url);
}
