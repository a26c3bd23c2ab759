import "../need-node.ts";

export type { Happening } from "../happenings/happenings.ts";
export type { EmulatedLinkOptions } from "../link/emulated-link-options.ts";
export type { DeviceAddresses } from "../link/open-ports.ts";
export type { EmulatedLink } from "../link/start-emulated-link.ts";
export type { EmulatedNetworkOptions } from "../network/emulated-network-options.ts";
export type { EmulatedNetwork } from "../network/start-emulated-network.ts";
export { emulatedLinkFor } from "./emulated-link-for.ts";
export { emulatedNetworkFor } from "./emulated-network-for.ts";
export type { RunningTest } from "./owned-by-test.ts";
