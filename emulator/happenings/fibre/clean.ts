import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { connectorKey, lossOf } from "../link-state/losses.ts";

/** A dirty connector is cleaned. */
export const clean = happening({
  event: "clean",
  says: "a dirty connector is cleaned and has its own loss again",
  fields: { connector: field.name("name of a connector of the fibre") },
  holds: ({ connector }) => `the connector ${connector}`,
  course: ({ connector }, { connectors }) => {
    const joint = connectors.find(({ name }) => name === connector);
    return { moves: [{ quantity: lossOf(connectorKey(connector)), to: joint?.lossDb ?? 0 }] };
  },
});
