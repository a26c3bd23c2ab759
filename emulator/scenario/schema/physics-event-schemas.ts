import type { PhysicsEventName } from "../physics-event.ts";
import { part, type Schema } from "./schema-parts.ts";

/** Fields of one kind of event beside those that every event has. */
export interface EventFields {
  readonly description: string;
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
}

const lasting = part.duration("ends after this; without it the event stays");
const gradually = part.duration("reached evenly over this time; at once without it");
const site = part.choice(["alice", "bob"], "which end");
const channel = part.name("name of a channel of the plan");
const connector = part.name("name of a connector of the fibre");
const launchDbm = part.number(-40, 10, "power into the fibre, dBm");

/** Every physics event. */
export const PHYSICS_EVENT_FIELDS: Readonly<Record<PhysicsEventName, EventFields>> = {
  cut: {
    description: "the fibre is cut; with `for` it is repaired after that time",
    properties: { for: lasting },
    required: [],
  },
  repair: { description: "the cut fibre is repaired", properties: {}, required: [] },
  bend: {
    description: "additional loss; bends add up",
    properties: {
      lossDb: part.above(0, 100, "additional loss, dB"),
      over: gradually,
      for: lasting,
    },
    required: ["lossDb"],
  },
  sway: {
    description: "wind on an aerial fibre: the loss swings between 0 and the amplitude above the rest",
    properties: {
      amplitudeDb: part.above(0, 20, "peak additional loss, dB"),
      period: part.duration("of one swing, at least 200 ms"),
      for: lasting,
    },
    required: ["amplitudeDb", "period", "for"],
  },
  dirt: {
    description: "a connector gets this loss instead of its own",
    properties: {
      connector,
      lossDb: part.number(0, 100, "loss of the dirty connector, dB"),
      over: gradually,
    },
    required: ["connector", "lossDb"],
  },
  clean: {
    description: "a dirty connector is cleaned and has its own loss again",
    properties: { connector },
    required: ["connector"],
  },
  light: {
    description: "a dark classical channel is lit",
    properties: { channel, launchDbm, for: lasting },
    required: ["channel"],
  },
  darken: {
    description: "a lit classical channel goes dark",
    properties: { channel },
    required: ["channel"],
  },
  power: {
    description: "a lit classical channel changes its launch power",
    properties: { channel, launchDbm, over: gradually },
    required: ["channel", "launchDbm"],
  },
  ambient: {
    description: "the air around a housing changes its temperature",
    properties: { site, celsius: part.celsius(-40, 70, "of the air"), over: gradually },
    required: ["site", "celsius"],
  },
  age: {
    description: "the laser's light changes to this share of nominal",
    properties: { relativePower: part.number(0, 10, "share of nominal"), over: gradually },
    required: ["relativePower"],
  },
  laserFailure: { description: "the laser goes out", properties: { for: lasting }, required: [] },
  visibility: {
    description: "the interferometers' visibility moves to these values",
    properties: {
      z: part.probability("visibility in Z"),
      x: part.probability("visibility in X"),
      over: gradually,
    },
    required: ["z", "x"],
  },
  phaseDrift: {
    description: "phase error left over by the tracking loop, an Ornstein-Uhlenbeck process",
    properties: {
      relaxationPerS: part.number(0, 1e4, "bandwidth of the loop, 1/s"),
      diffusionRadPerSqrtS: part.number(
        0,
        100,
        "strength of the disturbance, rad per square root of a second",
      ),
      for: lasting,
    },
    required: ["relaxationPerS", "diffusionRadPerSqrtS"],
  },
  interceptResend: {
    description: "Eve measures and resends a fraction of the pulses",
    properties: {
      fraction: part.above(0, 1, "of the pulses"),
      basisBias: part.probability("that she measures in Z"),
      for: lasting,
    },
    required: ["fraction", "basisBias"],
  },
  photonSplitting: {
    description: "Eve splits photon numbers over a loss-free line",
    properties: { fraction: part.above(0, 1, "of the pulses"), for: lasting },
    required: ["fraction"],
  },
  blinding: {
    description: "bright light and faked states on Bob's detectors",
    properties: {
      lightMw: part.number(0.01, 100, "light on the detectors, milliwatt"),
      fakedPerGate: { ...part.probability("that she sends a faked state"), exclusiveMaximum: 1 },
      basisBias: part.probability("that she measures and fakes in Z"),
      for: lasting,
    },
    required: ["lightMw", "fakedPerGate", "basisBias"],
  },
  timeShift: {
    description: "Eve delays the pulses to favour one detector",
    properties: { ps: part.number(-500, 500, "delay, picoseconds"), for: lasting },
    required: ["ps"],
  },
  trojanLight: {
    description: "somebody sends light into Alice's output",
    properties: { dbm: part.number(-120, 30, "at her monitor, dBm"), for: lasting },
    required: ["dbm"],
  },
  deviceFault: {
    description: "a part of a device fails",
    properties: { site, text: part.text("what the device's log says", 200), for: lasting },
    required: ["site", "text"],
  },
};
