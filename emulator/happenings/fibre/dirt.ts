import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { connectorKey, lossOf } from "../link-state/losses.ts";

/** A connector is dirty. */
export const dirt = happening({
  event: "dirt",
  says: "a connector gets this loss instead of its own",
  fields: {
    connector: field.name("name of a connector of the fibre"),
    lossDb: field.number({ min: 0, max: 100 }, "loss of the dirty connector, dB"),
  },
  moves: true,
  holds: ({ connector }) => `the connector ${connector}`,
  course: ({ connector, lossDb }) => ({
    moves: [{ quantity: lossOf(connectorKey(connector)), to: lossDb }],
  }),
});
