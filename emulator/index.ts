import "./need-node.ts";

export { type Announcement, announceLink } from "./announce/announce-link.ts";
export type { WirePort } from "./faults/wire-fault.ts";
export type { HappeningNews, HappeningPhase } from "./happenings/happening-news.ts";
export type { Happening, HappeningName } from "./happenings/happenings.ts";
export type { SiteName } from "./happenings/site-name.ts";
export type { EmulatedLinkOptions } from "./link/emulated-link-options.ts";
export type { DeviceAddresses } from "./link/open-ports.ts";
export { type LinkSpeed, parseSpeed } from "./link/speed.ts";
export {
  type EmulatedLink,
  startEmulatedLink,
} from "./link/start-emulated-link.ts";
export type { EmulatedNetworkOptions } from "./network/emulated-network-options.ts";
export { listNetworks, loadNetwork } from "./network/load-network.ts";
export type * from "./network/network-scenario.ts";
export { type EmulatedNetwork, startEmulatedNetwork } from "./network/start-emulated-network.ts";
export type { Blinding, MultiplexPlan, OpticsConditions } from "./optics/conditions.ts";
export type { OpticsControl } from "./optics/control.ts";
export { createOptics, type OpticsSetup } from "./optics/create-optics.ts";
export { countDetections } from "./optics/frame/count-detections.ts";
export type * from "./optics/optics.ts";
export { CAUSE, type EmittedPulse, type FrameTruth, type GateTruth } from "./optics/truth/frame-truth.ts";
export { listenOn, type PortService } from "./ports/listen-on.ts";
export type { ModbusBank } from "./ports/modbus-bank.ts";
export type { AcceptConnection, ConnectionHandler, Port, PortConnection } from "./ports/port.ts";
export { listScenarios, loadScenario, type ReadyMadeScenario } from "./scenario/load-scenario.ts";
export type { Scenario, ScenarioEvent } from "./scenario/scenario.ts";
