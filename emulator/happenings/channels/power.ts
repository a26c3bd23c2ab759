import { happening } from "../declaration.ts";
import { channelField, launchDbmField, litSwitch, powerOf } from "./launch-power.ts";

/** A lit channel changes its launch power. */
export const power = happening({
  event: "power",
  says: "a lit classical channel changes its launch power",
  fields: { channel: channelField, launchDbm: launchDbmField },
  moves: true,
  holds: ({ channel }) => `the power of the channel ${channel}`,
  needs: ({ channel }) => litSwitch(channel),
  course: ({ channel, launchDbm }) => ({ moves: [{ quantity: powerOf(channel), to: launchDbm }] }),
});
