import { checkArgument, rule } from "../options/index.ts";
import type { PerIntensity } from "./link-parameters.ts";

/** A value for each intensity, made from its place in the order u, v, w. */
export function perIntensity<T>(make: (k: 0 | 1 | 2) => T): PerIntensity<T> {
  checkArgument("make", make, rule.callback);
  return [make(0), make(1), make(2)];
}
