import { LINK_PRESETS } from "../../physics/index.ts";
import { anyOfThem, happeningSchema } from "../happenings/happening-schema.ts";
import { TIMELINE_HAPPENINGS } from "../happenings/timeline-happenings.ts";
import { part, type Schema } from "../schema/schema-parts.ts";

const perBasis = (description: string): Schema =>
  part.object(
    { z: part.probability(`${description} in Z`), x: part.probability(`${description} in X`) },
    ["z", "x"],
    description,
  );

const joint = (what: string): Schema =>
  part.object(
    { name: part.name("to refer to it"), lossDb: part.number(0, 20, "dB") },
    ["lossDb"],
    `one ${what}`,
  );

const fibre = part.object(
  {
    lengthKm: part.number(0, 1000, "from Alice to Bob, km"),
    attenuationDbPerKm: part.number(0, 10, "at the quantum wavelength, dB/km; the preset's by default"),
    connectors: part.list(joint("connector"), 100, "connectors on the way"),
    splices: part.list(joint("splice"), 1000, "splices on the way"),
    kind: part.choice(["buried", "aerial"], "only an aerial fibre sways in the wind"),
  },
  ["lengthKm", "kind"],
  "the fibre",
);

const channel: Schema = {
  ...part.object(
    {
      name: part.name("to refer to it"),
      itu: part.integer(1, 72, "number on the 100 GHz grid: 190.0 THz + 0.1 THz times it (C34 = 193.4 THz)"),
      wavelengthNm: part.number(1260, 1675, "on the 12.5 GHz grid, to a few picometres"),
      frequencyThz: part.number(179, 238, "on the 12.5 GHz grid"),
      direction: part.choice(["forward", "backward"], "forward is from Alice to Bob"),
      launchDbm: part.number(-40, 10, "power into the fibre, dBm"),
      receiveDbm: part.number(-80, 10, "power at the other end of the fibre, dBm"),
      lit: part.flag("at the start"),
    },
    ["name", "direction", "lit"],
    "one classical channel",
  ),
};

const dwdm = part.object(
  {
    quantumWavelengthNm: part.number(1260, 1675, "of the quantum channel; the preset's by default"),
    filterBandwidthNm: part.above(0, 100, "bandwidth of Bob's filter, nm"),
    isolationDb: part.number(0, 300, "rejection of the classical wavelengths, dB"),
    returnLossDb: part.number(0, 300, "how far below its launch a backward channel's light returns, dB"),
    channels: part.list(channel, 96, "classical channels"),
  },
  ["channels"],
  "what else is on the fibre",
);

const detectors = part.object(
  {
    efficiency: part.tuple(part.probability("quantum efficiency"), 2, "of detector 0 and 1"),
    darkCountsPerGate: part.tuple(
      { ...part.probability("per gate"), exclusiveMaximum: 1 },
      2,
      "of detector 0 and 1",
    ),
    afterpulseProbability: { ...part.probability("afterpulses per avalanche"), exclusiveMaximum: 1 },
    deadGates: part.integer(0, 1e9, "gates without response after a click"),
  },
  [],
  "where they differ from the preset's",
);

const serial = part.name("serial number");
const ambientC = part.celsius(-40, 70, "air around the housing, 22 by default");

const devices = part.object(
  {
    alice: part.object({ serial, ambientC }, [], "the transmitter"),
    bob: part.object(
      {
        serial,
        ambientC,
        detectorTemperatureC: part.celsius(-60, 20, "set point of the detectors, -30 by default"),
        detectorBiasV: part.number(0, 61, "detector bias, volt; 57.5 by default"),
        receiverLossDb: part.number(0, 100, "Bob's optics, dB"),
        detectors,
      },
      [],
      "the receiver",
    ),
  },
  [],
  "the two devices",
);

const protocol = part.object(
  {
    intensities: part.tuple(part.number(0, 10, "mean photon number"), 3, "signal, decoy, vacuum, falling"),
    intensityProbabilities: part.tuple(part.probability("of sending it"), 3, "they sum to one"),
    aliceZProbability: part.above(0, 1, "that Alice prepares Z"),
    bobZProbability: part.above(0, 1, "that Bob measures Z"),
  },
  [],
  "where it differs from the preset",
);

const initial = part.object(
  {
    visibility: perBasis("interference visibility"),
    phaseDrift: part.object(
      {
        relaxationPerS: part.number(0, 1e4, "1/s"),
        diffusionRadPerSqrtS: part.number(0, 100, "rad per square root of a second"),
      },
      ["relaxationPerS", "diffusionRadPerSqrtS"],
      "Ornstein-Uhlenbeck drift of the phase",
    ),
    intensityJitter: part.number(0, 0.3, "relative standard deviation of the intensities"),
    laserRelativePower: part.number(0, 10, "share of nominal"),
    detectorSkewPs: part.number(-500, 500, "distance between the gates of the two detectors, ps"),
  },
  [],
  "what holds at the first gate",
);

const time = {
  at: part.duration("since the start of the timeline"),
  every: part.duration("it happens again this long after it began"),
  times: part.integer(2, 10_000, "how often it happens in all"),
} as const;

/** The form of a scenario file. `scenario.schema.json` holds the same for editors and other tools. */
export const SCENARIO_SCHEMA: Schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "QKD link scenario",
  ...part.object(
    {
      name: part.name("short name"),
      title: part.text("one line", 120),
      description: part.text("what happens and what one sees of it"),
      seed: part.integer(0, Number.MAX_SAFE_INTEGER, "where the caller gives none; 1 by default"),
      preset: part.choice(Object.keys(LINK_PRESETS), "a published system to start from"),
      clockHz: part.number(1, 1e12, "gates per second; the preset's by default"),
      duration: part.duration("of the timeline"),
      starts: part.choice(
        ["with the first key exchange", "at once"],
        "when the timeline begins; the first is the default and replays exactly",
      ),
      longestFrame: part.duration("link time after which a dim link completes a frame; 250 ms by default"),
      protocol,
      fibre,
      dwdm,
      devices,
      initial,
      drift: part.choice(["usual", "none"], "whether parts drift a little by themselves; usual by default"),
      timeline: part.list(
        anyOfThem(Object.values(TIMELINE_HAPPENINGS).map((one) => happeningSchema(one, time, ["at"]))),
        10_000,
        "what happens when",
      ),
    },
    ["name", "title", "description", "preset", "duration", "fibre", "timeline"],
    "one emulated link and what happens to it",
  ),
};
