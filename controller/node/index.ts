import "../need-node.ts";

export { createNode } from "./create-node.ts";
export type { LinkDescription } from "./network/link-settings.ts";
export type * from "./network/network.ts";
export type { Node, NodeEvent, NodeFailure, NodeLinkView, NodePairView, Renewal } from "./node.ts";
export type { LinkStage, TransceiverOpener } from "./node-link.ts";
export type { NodeDeliveryOptions, NodeLinkOptions, NodeOptions, NodeStoreOptions } from "./node-options.ts";
export { openStatus, type StatusServer } from "./status-server.ts";
