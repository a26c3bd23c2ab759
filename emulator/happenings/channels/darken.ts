import { happening } from "../declaration.ts";
import { channelField, lit, litSwitch } from "./launch-power.ts";

/** A lit channel goes dark. */
export const darken = happening({
  event: "darken",
  says: "a lit classical channel goes dark",
  fields: { channel: channelField },
  turns: ({ channel }) => ({ what: litSwitch(channel), on: false }),
  course: ({ channel }) => ({ begins: lit(channel, undefined) }),
});
