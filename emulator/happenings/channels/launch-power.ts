import { field } from "../field.ts";
import type { Quantity } from "../link-state/course.ts";
import type { Change } from "../link-state/link-state.ts";

/** Members that tell a classical channel and its power. */
export const channelField = field.name("name of a channel of the plan");
export const launchDbmField = field.number({ min: -40, max: 10 }, "power into the fibre, dBm");

/** The channel is lit with this power, or dark with undefined. */
export function lit(channel: string, dbm: number | undefined): Change {
  return (state) => {
    const { [channel]: _before, ...others } = state.litDbm;
    return { ...state, litDbm: dbm === undefined ? others : { ...others, [channel]: dbm } };
  };
}

/** The power of a lit channel; a channel that went dark meanwhile stays dark. */
export const powerOf = (channel: string): Quantity => ({
  get: (state) => state.litDbm[channel] ?? 0,
  set: (state, value) =>
    state.litDbm[channel] === undefined ? state : { ...state, litDbm: { ...state.litDbm, [channel]: value } },
});

/** The switch of a channel. */
export const litSwitch = (channel: string): string => `the channel ${channel} is lit`;
