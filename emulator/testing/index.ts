import "../need-node.ts";

export type { Happening } from "../happenings/happenings.ts";
export type { EmulatedLinkOptions } from "../link/emulated-link-options.ts";
export type { DeviceAddresses } from "../link/open-ports.ts";
export type { EmulatedLink } from "../link/start-emulated-link.ts";
export { emulatedLinkFor, type RunningTest } from "./emulated-link-for.ts";
