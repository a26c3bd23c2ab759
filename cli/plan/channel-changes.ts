import {
  type ClassicalChannel,
  flexibleSlotWidthGhz,
  gridFrequencyThz,
  inQuantumFilter,
  nanometresOfTerahertz,
} from "../../physics/index.ts";
import { litLink, type PlannedLink } from "./plan-report.ts";
import type { Change } from "./planned-changes.ts";

/** The noisiest channels are looked at one by one; the rest would change little. */
const MOST_LOOKED_AT = 3;
/** Less launch power that receivers mostly bear. */
const LESS_DBM = 3;
/** Slots of the C band on the 100 GHz grid: 191.7 to 196.1 THz. */
const FIRST_SLOT = -14;
const LAST_SLOT = 30;
/** A neighbour closer than this is in the way of a moved channel. */
const APART_THZ = flexibleSlotWidthGhz(8) / 1000 - 1e-9;
/** Below these planned links are as dark. */
const LEAST_NOISE = 1e-12;

/** What can be done about the channels that bring most noise; `names` as the plan has them, in the same order. */
export function channelChanges(planned: PlannedLink, names: readonly string[]): readonly Change[] {
  const { channels, noise } = planned;
  if (channels.length === 0) return [];
  const nameOf = (channel: ClassicalChannel) => {
    const place = `${nanometresOfTerahertz(channel.frequencyThz).toFixed(2)} nm`;
    const name = names[channels.indexOf(channel)];
    return name === undefined ? `the channel at ${place}` : `channel ${name} (${place})`;
  };
  const alone = channels.map((channel) => ({ channel, noise: noiseOf({ ...planned, channels: [channel] }) }));
  const noisiest = alone
    .filter((one) => one.noise > LEAST_NOISE)
    .toSorted((a, b) => b.noise - a.noise)
    .slice(0, MOST_LOOKED_AT);
  const change = (kind: Change["kind"], what: string, apply: Change["apply"], note?: string): Change => ({
    kind,
    what,
    ...(note === undefined ? {} : { note }),
    apply,
  });
  const replaced =
    (old: ClassicalChannel, by: readonly ClassicalChannel[]): Change["apply"] =>
    (link) => ({ ...link, channels: link.channels.flatMap((one) => (one === old ? by : [one])) });
  const each = noisiest.flatMap(({ channel }): Change[] => {
    const quieter = { ...channel, launchDbm: channel.launchDbm - LESS_DBM };
    const moved = quietestPlace(planned, channel);
    const name = nameOf(channel);
    return [
      change("channel", `take ${name} off this fibre`, replaced(channel, [])),
      change("channel", `launch ${name} with ${LESS_DBM} dB less`, replaced(channel, [quieter])),
      ...(moved === null
        ? []
        : [
            change(
              "channel",
              `move ${name} to ${moved.frequencyThz.toFixed(2)} THz (${nanometresOfTerahertz(moved.frequencyThz).toFixed(2)} nm)`,
              replaced(channel, [moved]),
            ),
          ]),
    ];
  });
  if (noisiest.length === 0) return [];
  const narrower = { ...noise, filterBandwidthNm: noise.filterBandwidthNm / 2 };
  const tighter = { ...noise, isolationDb: noise.isolationDb + 10 };
  return [
    ...each,
    ...(channels.length > 1
      ? [change("channel", "take all channels off this fibre", (link) => ({ ...link, channels: [] }))]
      : []),
    change(
      "filter",
      `put a filter of ${Number(narrower.filterBandwidthNm.toPrecision(3))} nm before the receiver`,
      (link) => ({ ...link, noise: narrower }),
      "its own loss not counted",
    ),
    change("filter", "reject classical channels by 10 dB more", (link) => ({ ...link, noise: tighter })),
  ];
}

const noiseOf = (planned: PlannedLink): number => litLink(planned).noiseCountsPerGate.total;

/** The free slot of the C band in which a channel makes least noise, mixing with the others aside; null where its own is as good. */
function quietestPlace(planned: PlannedLink, channel: ClassicalChannel): ClassicalChannel | null {
  const others = planned.channels.filter((one) => one !== channel);
  let best: ClassicalChannel | null = null;
  let least = 0.9 * noiseOf({ ...planned, channels: [channel] });
  for (let n = FIRST_SLOT; n <= LAST_SLOT; n++) {
    const frequencyThz = gridFrequencyThz(n, 100);
    const free =
      !inQuantumFilter(frequencyThz, planned.noise) &&
      others.every((one) => Math.abs(one.frequencyThz - frequencyThz) >= APART_THZ);
    if (!free) continue;
    const moved = { ...channel, frequencyThz };
    const noise = noiseOf({ ...planned, channels: [moved] });
    if (noise < least) [best, least] = [moved, noise];
  }
  return best;
}
