import type { Complaint } from "../schema/complaint.ts";
import type { LinkPlan } from "./link-state/link-state.ts";

/** What is wrong where a happening refers to a channel or a connector that the link does not have. */
export function unknownName(event: object, plan: LinkPlan): Complaint | undefined {
  const numbered = (event as { readonly channel?: unknown }).channel;
  if (typeof numbered === "number" && numbered > plan.channels.length)
    return {
      path: ["channel"],
      says: `is ${numbered}`,
      value: numbered,
      allowed:
        plan.channels.length === 0
          ? "a channel of the plan, and there is none"
          : `at most ${plan.channels.length}`,
    };
  const { channel, connector } = event as { readonly channel?: unknown; readonly connector?: unknown };
  return (
    unknownAmong("channel", channel, plan.channels) ?? unknownAmong("connector", connector, plan.connectors)
  );
}

function unknownAmong(
  field: "channel" | "connector",
  name: unknown,
  known: LinkPlan["connectors"] | LinkPlan["channels"],
): Complaint | undefined {
  if (typeof name !== "string" || known.some((one) => one.name === name)) return undefined;
  const names = known.map((one) => one.name).join(", ");
  return {
    path: [field],
    says: `is ${name}`,
    value: name,
    allowed: names === "" ? `a named ${field}, and there is none` : `one of ${names}`,
  };
}
