import type { LinkParameters } from "../../physics/index.ts";
import type { DeviceProfile } from "./device-profile.ts";
import type { DeviceWorld } from "./device-world.ts";
import type { ParameterDefaults } from "./parameters/parameter-store.ts";

/** What a device is built from. */
export interface DeviceSetup {
  readonly profile: DeviceProfile;
  readonly link: LinkParameters;
  readonly world: DeviceWorld;
  /** For converter noise alone. */
  readonly noiseSeed: number;
  readonly settings?: ParameterDefaults["values"];
}
