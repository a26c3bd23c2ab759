import { cause } from "./cause.ts";

export const healthy = cause({
  title: "the link is as it was built",
  kind: "healthy",
  prior: 3,
  severities: [[0]],
  says: () => "nothing moved beyond the usual drift",
  brings: (condition) => condition,
  next: "nothing to do; learn a new baseline after the next change to the link",
});
