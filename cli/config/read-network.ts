import { parsePeerAddress } from "../../controller/index.ts";
import { type NetworkDraft, networkRemarks } from "../../controller/node/network/index.ts";
import { portToConnect, refused } from "./address-remarks.ts";
import type { Remark } from "./finding.ts";
import { NETWORK_SCHEMA } from "./network-schema.ts";
import { documentReader } from "./read-document.ts";
import { identityRemarks } from "./sae-remarks.ts";
import { schemaReader } from "./schema-remarks.ts";
import type { SiteDraft } from "./site-config.ts";

/** Reads the text of a network's file; never throws, whatever it holds. */
export const readNetwork = documentReader<NetworkDraft>({
  bySchema: schemaReader<NetworkDraft>(NETWORK_SCHEMA),
  contradictions: (network) => [
    ...networkRemarks(network).map((remark): Remark => ({ code: "QKD_CONFIG_INVALID", ...remark })),
    ...Object.entries(network.nodes ?? {}).flatMap(([node, each]) => [
      ...refused(["nodes", node, "address"], each?.address, parsePeerAddress),
      ...portToConnect(["nodes", node, "address"], each?.address),
    ]),
    ...identityRemarks((network.saes ?? []) as NonNullable<SiteDraft["saes"]>),
  ],
});
