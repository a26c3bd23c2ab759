import { dirname, resolve } from "node:path";
import type { Network } from "../../controller/node/index.ts";
import type { NetworkDraft } from "../../controller/node/network/index.ts";
import { QkdError } from "../../errors/index.ts";
import { absoluteNodeFiles } from "./absolute-node-files.ts";
import type { Finding } from "./finding.ts";
import type { NodeAndNetwork, NodeConfig, NodeDraft } from "./node-config.ts";
import { nodeContradictions, nodeInNetwork } from "./node-contradictions.ts";
import { NODE_SCHEMA } from "./node-schema.ts";
import { type DocumentReading, documentReader } from "./read-document.ts";
import { readNetwork } from "./read-network.ts";
import { errorOfFinding, worstFinding } from "./read-site.ts";
import { schemaReader } from "./schema-remarks.ts";
import { textOfFile } from "./text-of-file.ts";

/** Reads the text of a node's file alone; never throws, whatever it holds. */
export const readNodeText = documentReader<NodeDraft>({
  bySchema: schemaReader<NodeDraft>(NODE_SCHEMA),
  contradictions: nodeContradictions,
});

/** A node's file with the network's file that it names. */
export interface NodeReading {
  readonly node: DocumentReading<NodeDraft>;
  /** Null where the node's file names none, or one that cannot be read. */
  readonly network: DocumentReading<NetworkDraft> | null;
  /** All that is wrong with either, and with both together. */
  readonly findings: readonly Finding[];
}

/** Reads both files. ConfigError QKD_CONFIG_UNREADABLE where the node's own cannot be read as text. */
export function readNodeFile(file: string): NodeReading {
  const node = readNodeText(textOfFile(file, "a node's file"), file);
  const named = node.draft.network;
  if (named === undefined) return { node, network: null, findings: node.findings };
  const path = resolve(dirname(file), named);
  try {
    const network = readNetwork(textOfFile(path, "a network's file"), path);
    const together = nodeInNetwork(node.draft, network.draft).map(node.find);
    return { node, network, findings: [...node.findings, ...together, ...network.findings] };
  } catch (error) {
    if (!(error instanceof QkdError)) throw error;
    const { code, message, remedy } = error;
    const unread = node.find({
      level: "error",
      code,
      field: ["network"],
      message: `network: ${message}`,
      remedy,
    });
    return { node, network: null, findings: [...node.findings, unread] };
  }
}

/** Reads both files and makes the file names in them absolute. ConfigError with file, line, column of the first bad field. */
export function readNodeConfig(file: string): NodeAndNetwork {
  const { node, network, findings } = readNodeFile(file);
  const worst = worstFinding(findings);
  if (worst !== undefined) throw errorOfFinding(worst);
  return {
    node: absoluteNodeFiles(node.draft as NodeConfig, dirname(file)),
    network: network?.draft as Network,
  };
}
