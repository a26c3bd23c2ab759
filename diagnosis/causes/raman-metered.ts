import { backgroundOf } from "../model/background.ts";
import { withLink, withReadings } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause, inDb } from "./cause.ts";

const NOISE = octaves(0.05, 60, 16);

/**
 * Classical channels brighter than as built by the first number, their noise in units of the background as built, and how many of
 * them were dark before.
 */
export const ramanMetered = cause({
  title: "noise of classical channels on the fibre",
  kind: "honest",
  prior: 3,
  severities: [grid(octaves(1.5, 30, 14), NOISE, [0]), grid(octaves(0.5, 6, 3), NOISE, [1, 2, 3])].flat(),
  continuous: 2,
  needs: ([, , newChannels]) => (newChannels === 0 ? ["classicalDb"] : ["litChannels"]),
  says: (db, _, newChannels) =>
    newChannels === 0
      ? `classical channels ${inDb(db)} brighter`
      : `${newChannels} more classical ${newChannels === 1 ? "channel" : "channels"} lit`,
  brings(condition, db, times, newChannels) {
    const noise = condition.link.noisePerGate + times * backgroundOf(condition.link);
    const noisy = withLink(condition, { noisePerGate: Math.min(0.4, noise) });
    return withReadings(noisy, { classicalDb: db, litChannels: newChannels });
  },
  next: "lower the launch power of the classical channels to what was planned, or move them away from the quantum channel",
});
