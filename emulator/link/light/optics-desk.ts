import type { LinkParameters } from "../../../physics/index.ts";
import type { Role } from "../../device/device-profile.ts";
import { applyControl } from "../../optics/apply-control.ts";
import { nominalConditions, type OpticsConditions } from "../../optics/conditions.ts";
import type { OpticsControl } from "../../optics/control.ts";
import { isSetting, type OpticsChange, OpticsMixer } from "./optics-mixer.ts";
import type { OpticsThread } from "./optics-thread.ts";

/** Where devices and faults act on the optics, and where one sees what the optics obey. */
export class OpticsDesk {
  readonly #thread: OpticsThread;
  readonly #mixer: OpticsMixer;
  #conditions: OpticsConditions;
  #settings = 0;

  constructor(thread: OpticsThread, link: LinkParameters) {
    this.#thread = thread;
    this.#conditions = nominalConditions(link);
    this.#mixer = new OpticsMixer(link.channelLossDb);
  }

  /** What the optics obey, without the drift that they follow by themselves. */
  get conditions(): OpticsConditions {
    return this.#conditions;
  }

  /** How many settings of the devices were told to the light. */
  get settings(): number {
    return this.#settings;
  }

  /** Loss of the fibre alone; infinite while it is cut. */
  get fibreLossDb(): number {
    return this.#conditions.fibreCut ? Number.POSITIVE_INFINITY : this.#mixer.fibreLossDb;
  }

  /** A setting of a device; with a gate of the timeline it acts there. Throws ConfigError. */
  async act(control: OpticsControl, atGate?: bigint): Promise<void> {
    return this.#change({ by: "device", control }, atGate);
  }

  /** Loss that a device's settings add. */
  async addLoss(role: Role, db: number): Promise<void> {
    return this.#change({ by: "deviceLoss", role, db });
  }

  /** Refuses controls that the optics cannot obey one after the other. Throws ConfigError. */
  judge(controls: readonly OpticsControl[]): void {
    controls.reduce(applyControl, this.#conditions);
  }

  /** Something happens to the link. Throws ConfigError. */
  async happens(control: OpticsControl): Promise<void> {
    return this.#change({ by: "link", control });
  }

  /** Something of the timeline has happened: the optics' thread knew it beforehand. */
  happened(control: OpticsControl): void {
    this.#conditions = applyControl(this.#conditions, this.#mixer.mix({ by: "link", control }));
  }

  async #change(change: OpticsChange, atGate?: bigint): Promise<void> {
    // Judged here first, so that an impossible value is refused at once and the thread never sees it.
    if (change.by !== "deviceLoss") applyControl(this.#conditions, change.control);
    this.#conditions = applyControl(this.#conditions, this.#mixer.mix(change));
    if (isSetting(change)) this.#settings += 1;
    await this.#thread.change(change, atGate);
  }
}
