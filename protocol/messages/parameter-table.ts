import type { PARAMETER_ACCESS, PARAMETER_TYPES } from "./parameters.ts";

/** What the protocol fixes about a parameter; a device may narrow the range in its own list. */
export interface ParameterDeclaration {
  readonly id: number;
  readonly type: keyof typeof PARAMETER_TYPES;
  /** Empty for plain numbers. */
  readonly unit: string;
  /** Least and greatest value; for text 0 and the most bytes. */
  readonly min: number;
  readonly max: number;
  readonly access: keyof typeof PARAMETER_ACCESS;
  readonly role: "qtx" | "qrx" | "both";
  /** Forgotten when the device is switched off, restored when a lease ends. */
  readonly volatile?: true;
  readonly meaning: string;
}

const real = { type: "real", access: "readWrite" } as const;
const integer = { type: "integer", access: "readWrite" } as const;
const transmitter = { role: "qtx" } as const;
const receiver = { role: "qrx" } as const;
const both = { role: "both" } as const;
const volatile = { volatile: true } as const;

/** Parameters with a fixed id, by name. Ids from 0x8000 are the vendor's own. */
export const PARAMETERS = {
  clockHz: {
    id: 0x0001,
    ...real,
    ...both,
    access: "readOnly",
    unit: "Hz",
    min: 1e3,
    max: 1e11,
    meaning: "gates per second",
  },
  detectionsPerFrame: {
    id: 0x0002,
    ...integer,
    ...both,
    unit: "",
    min: 1,
    max: 1 << 20,
    meaning: "detections per raw-key frame where a start does not say",
  },
  statusIntervalMs: {
    id: 0x0003,
    ...integer,
    ...both,
    unit: "ms",
    min: 100,
    max: 60_000,
    meaning: "time between status events",
  },
  deviceName: {
    id: 0x0004,
    ...both,
    type: "text",
    access: "readWrite",
    unit: "",
    min: 0,
    max: 64,
    meaning: "a name that the operator gives",
  },
  laserEnabled: {
    id: 0x0010,
    ...transmitter,
    ...volatile,
    type: "boolean",
    access: "readWrite",
    unit: "",
    min: 0,
    max: 1,
    meaning: "whether the signal laser is on",
  },
  attenuationDb: {
    id: 0x0011,
    ...real,
    ...transmitter,
    ...volatile,
    unit: "dB",
    min: 0,
    max: 60,
    meaning: "extra attenuation of the transmitter's output, 0 in operation",
  },
  meanPhotonsU: {
    id: 0x0012,
    ...real,
    ...transmitter,
    unit: "photons",
    min: 0,
    max: 2,
    meaning: "mean photon number of the signal pulses leaving the transmitter",
  },
  meanPhotonsV: {
    id: 0x0013,
    ...real,
    ...transmitter,
    unit: "photons",
    min: 0,
    max: 2,
    meaning: "mean photon number of the decoy pulses",
  },
  meanPhotonsW: {
    id: 0x0014,
    ...real,
    ...transmitter,
    unit: "photons",
    min: 0,
    max: 2,
    meaning: "mean photon number of the vacuum pulses",
  },
  modulatorBiasOffsetV: {
    id: 0x0015,
    ...real,
    ...transmitter,
    ...volatile,
    unit: "V",
    min: -2,
    max: 2,
    meaning: "added to the bias of the intensity modulator, 0 at its working point",
  },
  detectorBiasV: {
    id: 0x0020,
    ...real,
    ...receiver,
    unit: "V",
    min: 0,
    max: 80,
    meaning: "bias of the data detectors",
  },
  detectorTemperatureC: {
    id: 0x0021,
    ...real,
    ...receiver,
    unit: "degC",
    min: -70,
    max: 40,
    meaning: "set point of the data detectors' temperature",
  },
  gateDelayPs: {
    id: 0x0022,
    ...real,
    ...receiver,
    ...volatile,
    unit: "ps",
    min: -1_000,
    max: 1_000,
    meaning: "delay of the detector gates against the pulses, 0 when aligned",
  },
  deadTimeGates: {
    id: 0x0023,
    ...integer,
    ...receiver,
    unit: "gates",
    min: 0,
    max: 100_000,
    meaning: "gates in which the receiver ignores clicks after a click",
  },
  phaseOffsetRad: {
    id: 0x0024,
    ...real,
    ...receiver,
    ...volatile,
    unit: "rad",
    min: -3.2,
    max: 3.2,
    meaning: "added to the phase of the receiver's interferometer, 0 when aligned",
  },
  gateSkewPs: {
    id: 0x0025,
    ...real,
    ...receiver,
    ...volatile,
    unit: "ps",
    min: -500,
    max: 500,
    meaning: "delay of the gates of detector 1 against those of detector 0, 0 when aligned",
  },
  detector0BiasTrimV: {
    id: 0x0026,
    ...real,
    ...receiver,
    ...volatile,
    unit: "V",
    min: -3,
    max: 3,
    meaning: "added to the bias of the detector of bit 0",
  },
  detector1BiasTrimV: {
    id: 0x0027,
    ...real,
    ...receiver,
    ...volatile,
    unit: "V",
    min: -3,
    max: 3,
    meaning: "added to the bias of the detector of bit 1",
  },
} as const satisfies Readonly<Record<string, ParameterDeclaration>>;

/** Name of a parameter with a fixed id. */
export type ParameterName = keyof typeof PARAMETERS;

const names = new Map<number, ParameterName>(
  (Object.keys(PARAMETERS) as ParameterName[]).map((name) => [PARAMETERS[name].id, name]),
);

/** Name of the parameter with this id, or undefined for the vendor's own. */
export const parameterNameOf = (id: number): ParameterName | undefined => names.get(id);
