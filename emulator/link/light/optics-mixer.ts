import type { Role } from "../../device/device-profile.ts";
import type { OpticsControl } from "../../optics/control.ts";

/** A change of the optics with who wants it: a device's setting, something that happens to the link, loss of a device. */
export type OpticsChange =
  | { readonly by: "device"; readonly control: OpticsControl }
  | { readonly by: "link"; readonly control: OpticsControl }
  | { readonly by: "deviceLoss"; readonly role: Role; readonly db: number };

/** Whether a change is a setting of a device, after which what was counted before tells nothing any more. */
export function isSetting(change: OpticsChange): boolean {
  // Detectors follow their set point in many small steps: readings follow them.
  return (
    change.by === "deviceLoss" || (change.by === "device" && change.control.type !== "detectorTemperature")
  );
}

/** The optics know no more than this. */
const MOST_LOSS_DB = 200;

/**
 * Devices and faults may touch the same thing: the loss is the fibre's plus what each device adds, and the laser shines
 * when the device has it on and it works. This turns what either wants into what the optics are told.
 */
export class OpticsMixer {
  #fibreLossDb: number;
  readonly #addedDb: Record<Role, number> = { qtx: 0, qrx: 0 };
  #laserOn = true;
  #laserWorks = true;
  #attenuatorDbPerDb = 1;

  constructor(fibreLossDb: number) {
    this.#fibreLossDb = fibreLossDb;
  }

  /** Loss of the fibre alone, cuts left out. */
  get fibreLossDb(): number {
    return this.#fibreLossDb;
  }

  /** What the optics have to be told. The control is taken to be valid. */
  mix(change: OpticsChange): OpticsControl {
    if (change.by === "deviceLoss") {
      this.#addedDb[change.role] = change.db;
      return this.#loss();
    }
    const { by, control } = change;
    if (control.type === "laser") {
      if (by === "device") this.#laserOn = control.on;
      else this.#laserWorks = control.on;
      return { type: "laser", on: this.#laserOn && this.#laserWorks };
    }
    if (control.type === "attenuatorSlope") {
      this.#attenuatorDbPerDb = control.dbPerDb;
      return this.#loss();
    }
    if (by === "device" || control.type !== "fibreLoss") return control;
    this.#fibreLossDb = control.db;
    return this.#loss();
  }

  #loss(): OpticsControl {
    const db = Math.min(
      MOST_LOSS_DB,
      this.#fibreLossDb + this.#attenuatorDbPerDb * this.#addedDb.qtx + this.#addedDb.qrx,
    );
    return { type: "fibreLoss", db };
  }
}
