import type { OpticsControl } from "../optics/control.ts";
import type { Role } from "./device-profile.ts";
import type { MeasuredGates } from "./measured-gates.ts";
import type { ScanControl } from "./scans/scan.ts";

/** What is around the devices that their instruments see. */
export interface Surroundings {
  /** Air around the housing. */
  readonly ambientC: number;
  /** Laser power relative to new; ageing lowers it. */
  readonly laserRelative: number;
  /** Output of the modulator's bias controller off its working point, volt. */
  readonly modulatorOffsetV: number;
  /** Loss of the fibre; infinite when it is cut. */
  readonly fibreLossDb: number;
  /** Launch powers of the classical channels; null for a channel that is not lit. */
  readonly classicalDbm: readonly (number | null)[];
  /** Light that somebody sends into the transmitter from the line, at its output monitor; undefined for none. */
  readonly trojanLightDbm?: number | undefined;
  /** Clicks per gate of both detectors without any light from Alice. */
  readonly backgroundPerGate: number;
}

/** When a sample ends. */
export interface SampleLimits {
  readonly gates: number;
  readonly detections: number;
}

/** What a device needs from the pair it belongs to. */
export interface DeviceWorld {
  /** A setting of this device acts on the optics. Several settings of one kind replace each other. */
  act(control: OpticsControl): void;
  /** Loss that this device's own settings add in front of the receiver, dB. */
  addLoss(role: Role, db: number): void;
  /** This device starts a key exchange: the pair tells the next frame and the frame size that it will use. */
  join(
    role: Role,
    detectionsPerFrame: number,
  ): { readonly firstFrameId: number; readonly detectionsPerFrame: number };
  leave(role: Role): void;
  /** This device begins to measure. Throws Refusal busy while the pair makes key or the other device measures. */
  beginMeasurement(role: Role): void;
  endMeasurement(role: Role): void;
  /** Counts the light of so many gates that never become key; `anew` forgets the clicks before, which begin gaps. */
  measure(gates: number, anew: boolean): Promise<MeasuredGates>;
  /**
   * Counts the light of gates that never become key while these settings are others than the present ones: at most so many
   * gates or detections. The key's light does not feel it; its gates are fewer by those.
   */
  sample(controls: readonly ScanControl[], limits: SampleLimits): Promise<MeasuredGates>;
  /** Throws Refusal busy while the pair makes key or a device of it measures. */
  mayScan(): void;
  /** No clock rules: what is measured need not wait for link time. */
  readonly unpaced: boolean;
  /** Wavelength of the quantum channel. */
  readonly quantumNm: number;
  /** Credit was granted or a frame left: production may go on. */
  wake(): void;
  readonly surroundings: Surroundings;
  /** Nanoseconds since 1970, of the device's own clock. */
  wallNs(): bigint;
}
