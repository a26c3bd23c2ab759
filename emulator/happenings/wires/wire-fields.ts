import { WIRE_PORTS } from "../../faults/wire-fault.ts";
import { field } from "../field.ts";
import { site } from "../site-name.ts";

/** Members that tell which bytes suffer. */
export const port = field.choice(WIRE_PORTS, "every port of that kind");
export const onLine = { site, port } as const;
export const direction = field.optional(
  field.choice(["toClient", "toDevice"], "which way the bytes travel; both ways without it"),
);
export const probability = field.number({ min: 0, max: 1 }, "for each piece of output");

/** The direction as a wire fault has it: left out where both ways are meant. */
export const way = (one: "toClient" | "toDevice" | undefined) =>
  one === undefined ? {} : { direction: one };

/** What two events on a line may not hold at the same time. */
export const damageOf = (event: string) => (at: { readonly site: string; readonly port: string }) =>
  `the ${event} of ${at.site}'s ${at.port} port`;
export const allBytes = (at: { readonly site: string; readonly port: string }): string =>
  `all bytes of ${at.site}'s ${at.port} port`;
