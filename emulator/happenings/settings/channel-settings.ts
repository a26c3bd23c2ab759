import { C_BAND_NM, type DEFAULT_NOISE_RECEIVER, FIBRE_RANGE_NM } from "../../../physics/index.ts";
import type { MultiplexPlan } from "../../optics/conditions.ts";
import { part } from "../../schema/schema-parts.ts";
import { lit } from "../channels/launch-power.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";

const channel = part.object(
  {
    frequencyThz: part.number(179, 238, "THz"),
    direction: part.choice(["forward", "backward"], "forward is from Alice to Bob"),
    launchDbm: part.number(-40, 10, "power into the fibre, dBm"),
  },
  ["frequencyThz", "direction", "launchDbm"],
  "one lit channel",
);

const plan = part.object(
  {
    channels: part.list(channel, 96, "lit classical channels"),
    quantumWavelengthNm: part.number(FIBRE_RANGE_NM.min, FIBRE_RANGE_NM.max, "of the quantum channel, nm"),
    fibreKm: part.number(0, 1000, "over which they run together, km"),
    receiver: part.object(
      {
        filterBandwidthNm: part.above(0, 100, "bandwidth of Bob's filter, nm"),
        gateWindowPs: part.above(0, 1e6, "how long a gate is open, ps"),
        isolationDb: part.number(0, 300, "rejection of the classical wavelengths, dB"),
        returnLossDb: part.number(0, 300, "how far below its launch a backward channel's light returns, dB"),
      } satisfies Record<keyof typeof DEFAULT_NOISE_RECEIVER, unknown>,
      [],
      "where Bob's filters differ from usual ones",
    ),
  },
  ["channels", "quantumWavelengthNm", "fibreKm"],
  "everything lit on the fibre; without it all is dark",
);

const samplePlan: MultiplexPlan = {
  channels: [{ frequencyThz: 194.4, direction: "forward", launchDbm: -3 }],
  quantumWavelengthNm: C_BAND_NM,
  fibreKm: 20,
};

/** Classical channels set as a whole, without a scenario's plan of them. */
export const CHANNEL_SETTINGS = {
  multiplex: happening({
    event: "multiplex",
    says: "classical channels lit on the same fibre, with the noise that they bring",
    fields: { plan: field.optional(field.of(plan, samplePlan)) },
    liveOnly: true,
    level: (event) => ({ type: "multiplex", plan: event.plan }),
  }),
  classicalPower: happening({
    event: "classicalPower",
    says: "a classical channel is lit with this power, with the noise that it brings",
    fields: {
      channel: field.number({ min: 1, max: 4, integer: true }, "number of the channel"),
      dbm: field.of<number | null>(
        { type: ["number", "null"], minimum: -40, maximum: 10, description: "launch power, dBm; null: dark" },
        -3,
      ),
    },
    liveOnly: true,
    course: ({ channel: number, dbm }, { channels }) => ({
      begins: lit(channels[number - 1]?.name ?? "", dbm ?? undefined),
    }),
  }),
} as const;
