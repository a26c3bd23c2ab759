import { dirname, resolve } from "node:path";
import { QkdError } from "../../errors/index.ts";
import { absoluteNodeFiles } from "../config/absolute-node-files.ts";
import type { Finding } from "../config/finding.ts";
import { kindOfText } from "../config/kind-of-text.ts";
import { readNetwork } from "../config/read-network.ts";
import { readNodeFile } from "../config/read-node.ts";
import { textOfFile } from "../config/text-of-file.ts";
import { type CheckOptions, checkSite, thisMachine } from "./check-site.ts";
import { nodeFileCheck } from "./node-file-check.ts";

/** Everything that is wrong with a site's, a node's or a network's file, whichever it is, in the order of its lines. */
export async function checkFile(file: string, options: CheckOptions): Promise<readonly Finding[]> {
  let text: string;
  try {
    text = textOfFile(file, "a configuration file");
  } catch (error) {
    if (!(error instanceof QkdError)) throw error;
    return checkSite(file, options);
  }
  const kind = kindOfText(text);
  if (kind === "site") return checkSite(file, options);
  if (kind === "network") return inOrder(readNetwork(text, file).findings);
  const { node, network, findings } = readNodeFile(file);
  const found = await nodeFileCheck({
    file,
    node: absoluteNodeFiles(node.draft, dirname(resolve(file))),
    network: network?.draft ?? null,
    machine: { ...thisMachine(), ...options.machine },
  });
  return inOrder([...findings, ...found.map(node.find)]);
}

/** Those of one file together, in the order of its lines. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const files = [...new Set(findings.map(({ file }) => file))];
  return findings.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}
