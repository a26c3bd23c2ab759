import { checkArgument, rule } from "../../options/index.ts";
import { DECLARATION, type RegisterDeclaration } from "./register.ts";

/** Inside the operating range; outside it (degraded); outside the absolute range (invalid, or damage). */
export type RegisterLevel = "ok" | "degraded" | "invalid";

/** Level of a value; the ends of a range belong to it. Quantities without ranges are always ok. */
export function registerLevel(declaration: RegisterDeclaration, value: number): RegisterLevel {
  checkArgument("declaration", declaration, DECLARATION);
  checkArgument("value", value, rule.anyNumber);
  const outside = (range: readonly [number, number] | undefined): boolean =>
    range !== undefined && !(value >= range[0] && value <= range[1]);
  if (outside(declaration.absolute)) return "invalid";
  return outside(declaration.operating) ? "degraded" : "ok";
}
