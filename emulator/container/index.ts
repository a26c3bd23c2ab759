import "../need-node.ts";

export type { Happening } from "../happenings/happenings.ts";
export type { Scenario } from "../scenario/scenario.ts";
export { CONTAINER_PORTS } from "./container-ports.ts";
export { type ControlClient, controlClient } from "./control-client.ts";
export type { ControlledDevice, ControlState } from "./control-state.ts";
export { DEFAULT_IMAGE, QkdLinkContainer } from "./qkdlink-container.ts";
export {
  type ContainerAddresses,
  type ContainerDevice,
  StartedQkdLinkContainer,
} from "./started-qkdlink-container.ts";
