import { Command } from "commander";
import { createNode, type Node, openStatus, type StatusServer } from "../controller/node/index.ts";
import { knownError, QkdError } from "../errors/index.ts";
import { BoundedLog } from "./bounded-log.ts";
import { collectSeldom } from "./collect-seldom.ts";
import { readNodeConfig } from "./config/read-node.ts";
import { logLine } from "./log-line.ts";
import { NodeLog } from "./node/node-log.ts";
import { type NodePorts, nodeOptionsOf, nodeTrustFiles } from "./node/node-options-of.ts";

import { placedNodeError } from "./node/placed-node-error.ts";
import { SiteReload } from "./site-reload.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";

interface NodeArguments {
  readonly config: string;
  readonly json?: boolean;
  readonly trace?: boolean;
}

/** `qkdlink node`: one node of a network, with all its links and one front of key delivery. */
export function nodeCommand(): Command {
  return new Command("node")
    .description("run one node of a network: all its links, one key store, one front of key delivery")
    .requiredOption("--config <file>", "the node's configuration, YAML or JSON")
    .option("--json", "print events as JSON lines")
    .option("--trace", "print what the controllers say to each other, keys and tags left out")
    .action(async ({ config, json = false, trace = false }: NodeArguments) => {
      collectSeldom();
      const stop = new StopRequest(endOverdue, true);
      try {
        await serveNode(config, json, trace, stop);
      } catch (error) {
        throw placedNodeError(config, error);
      } finally {
        stop.close();
      }
    });
}

async function serveNode(file: string, json: boolean, trace: boolean, stop: StopRequest): Promise<void> {
  const config = readNodeConfig(file);
  const log = new NodeLog(new BoundedLog(process.stdout, json, logLine), json);
  let logLost = false;
  process.stdout.once("error", () => {
    logLost = true;
  });
  const ports: NodePorts = {
    failed: (link, error) => log.failed(link, error),
    logLost: () => logLost,
    ...(trace ? { trace: (link: string, line: string) => log.trace(link, line) } : {}),
  };
  let node: Node | null = null;
  let status: StatusServer | null = null;
  let reload: SiteReload | null = null;
  try {
    node = await createNode(nodeOptionsOf(config, ports));
    if (config.node.status !== undefined) status = await openStatus(node, config.node.status.listen);
    log.follow(node, status?.url ?? null, config.node.developmentSeed !== undefined);
    reload = reloading(file, config.node, node, log, ports);
    await untilStopped(node, stop);
  } finally {
    reload?.close();
    await status?.close();
    await node?.close();
    log.close(node !== null || stop.signal.aborted);
  }
}

/** Resolves at a request to stop; rejects when the store is lost, without which no link can do anything. */
async function untilStopped(node: Node, stop: StopRequest): Promise<void> {
  const lost = Promise.withResolvers<never>();
  const failures = node.failures$.subscribe(({ error }) => {
    if (error.code === "QKD_KEYSTORE_UNREADABLE") lost.reject(error);
  });
  try {
    await Promise.race([stop.made, lost.promise]);
  } finally {
    failures.unsubscribe();
  }
}

/** Network, certificates, links and applications are taken over while the node runs. */
function reloading(
  file: string,
  started: ReturnType<typeof readNodeConfig>["node"],
  node: Node,
  log: NodeLog,
  ports: NodePorts,
): SiteReload {
  let config = started;
  return new SiteReload({
    files: () => [file, ...nodeTrustFiles(config)],
    reload: async () => {
      const read = readNodeConfig(file);
      log.reloaded(await node.renew(nodeOptionsOf(read, ports)));
      config = read.node;
    },
    failed: (error) => {
      const known = placedNodeError(file, error);
      log.failed(null, known instanceof QkdError ? known : knownError(known));
    },
  });
}
