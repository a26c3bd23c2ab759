import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { channelField, launchDbmField, lit, litSwitch } from "./launch-power.ts";

/** A dark channel is lit, with its own power or another. */
export const light = happening({
  event: "light",
  says: "a dark classical channel is lit",
  fields: { channel: channelField, launchDbm: field.optional(launchDbmField) },
  lasts: "maybe",
  turns: ({ channel }) => ({ what: litSwitch(channel), on: true }),
  course: ({ channel, launchDbm }, { channels }) => {
    const planned = channels.find(({ name }) => name === channel);
    return { begins: lit(channel, launchDbm ?? planned?.launchDbm ?? 0) };
  },
  ends: ({ channel }) =>
    channel === undefined ? (state) => ({ ...state, litDbm: {} }) : lit(channel, undefined),
});
