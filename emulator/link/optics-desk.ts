import type { LinkParameters } from "../../physics/index.ts";
import type { Role } from "../device/device-profile.ts";
import { applyControl } from "../optics/apply-control.ts";
import { nominalConditions, type OpticsConditions } from "../optics/conditions.ts";
import type { OpticsControl } from "../optics/control.ts";
import type { OpticsThread } from "./optics-thread.ts";

/** The optics know no more than this. */
const MOST_LOSS_DB = 200;

/**
 * Where devices and faults act on the optics. Both may touch the same thing: the loss is the fibre's plus what each
 * device adds, and the laser shines when the device has it on and it works.
 */
export class OpticsDesk {
  readonly #thread: OpticsThread;
  #conditions: OpticsConditions;
  #fibreLossDb: number;
  readonly #addedDb: Record<Role, number> = { qtx: 0, qrx: 0 };
  #laserOn = true;
  #laserWorks = true;

  constructor(thread: OpticsThread, link: LinkParameters) {
    this.#thread = thread;
    this.#conditions = nominalConditions(link);
    this.#fibreLossDb = link.channelLossDb;
  }

  /** What the optics obey, without the drift that they follow by themselves. */
  get conditions(): OpticsConditions {
    return this.#conditions;
  }

  /** Loss of the fibre alone; infinite while it is cut. */
  get fibreLossDb(): number {
    return this.#conditions.fibreCut ? Number.POSITIVE_INFINITY : this.#fibreLossDb;
  }

  /** A setting of a device. Throws ConfigError. */
  async act(control: OpticsControl): Promise<void> {
    if (control.type === "laser") {
      this.#laserOn = control.on;
      return this.#change({ type: "laser", on: this.#laserOn && this.#laserWorks });
    }
    return this.#change(control);
  }

  /** Loss that a device's settings add. */
  async addLoss(role: Role, db: number): Promise<void> {
    this.#addedDb[role] = db;
    return this.#changeLoss();
  }

  /** Something happens to the link. Throws ConfigError. */
  async fault(control: OpticsControl): Promise<void> {
    if (control.type === "laser") {
      this.#laserWorks = control.on;
      return this.#change({ type: "laser", on: this.#laserOn && this.#laserWorks });
    }
    if (control.type !== "fibreLoss") return this.#change(control);
    applyControl(this.#conditions, control);
    this.#fibreLossDb = control.db;
    return this.#changeLoss();
  }

  #changeLoss(): Promise<void> {
    const db = Math.min(MOST_LOSS_DB, this.#fibreLossDb + this.#addedDb.qtx + this.#addedDb.qrx);
    return this.#change({ type: "fibreLoss", db });
  }

  async #change(control: OpticsControl): Promise<void> {
    // Judged here first, so that an impossible value is refused at once and the thread never sees it.
    this.#conditions = applyControl(this.#conditions, control);
    await this.#thread.control(control);
  }
}
