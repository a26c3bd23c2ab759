import { withLink } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Another dead time than as built. */
export const deadTime = cause({
  title: "longer dead time",
  kind: "honest",
  prior: 0.3,
  severities: grid(octaves(1, 2000, 16)),
  says: (gates) => `${gates.toFixed(0)} more dead gates after each click`,
  brings: (condition, gates) =>
    withLink(condition, { deadGates: Math.round(condition.link.deadGates + gates) }),
  next: "read deadTimeGates at the receiver and set it back to the value of the commissioning report",
});
