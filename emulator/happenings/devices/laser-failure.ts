import { happening } from "../declaration.ts";

/** The laser goes out, whatever its device has set. */
export const laserFailure = happening({
  event: "laserFailure",
  says: "the laser goes out",
  fields: {},
  lasts: "maybe",
  formerly: "laser",
  holds: () => "the laser",
  course: () => ({ begins: (state) => ({ ...state, laserWorks: false }) }),
  ends: () => (state) => ({ ...state, laserWorks: true }),
});
