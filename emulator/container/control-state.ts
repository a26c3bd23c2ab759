import type { RegisterValues } from "../../protocol/index.ts";
import type { OpticsConditions } from "../optics/conditions.ts";

/** One device as the control port shows it. */
export interface ControlledDevice {
  readonly serial: string;
  readonly state: string;
  /** Number of the key exchange that runs, or null. */
  readonly keyExchange: number | null;
  readonly alarms: readonly { readonly name: string; readonly level: string; readonly value: number }[];
  /** Readings that the device has at the moment, as in the register map. */
  readonly values: RegisterValues;
}

/** What the control port answers to `GET /state`. */
export interface ControlState {
  readonly stats: {
    readonly linkSeconds: number;
    readonly wallSeconds: number;
    /** Whether raw-key frames are being made. */
    readonly running: boolean;
    readonly frames: number;
    /** Gates so far as decimal digits: they outgrow what JSON numbers hold exactly. */
    readonly gates: string;
    readonly keySeconds: number;
    readonly detections: number;
    readonly lagMs: number;
    readonly droppedFrames: { readonly alice: number; readonly bob: number };
  };
  /** Conditions that the light obeys now. */
  readonly conditions: OpticsConditions;
  readonly alice: ControlledDevice;
  readonly bob: ControlledDevice;
}
