import { ConfigError } from "../../errors/index.ts";
import { type Complaint, fieldName, shown } from "../schema/complaint.ts";
import { checkedSeconds } from "../schema/duration.ts";
import { schemaCheck } from "../schema/schema-check.ts";
import type { AnyDeclaration } from "./declaration.ts";
import { spanFits } from "./field.ts";
import { formerNameHint, presentName } from "./former-names.ts";
import { anyOfThem, happeningSchema } from "./happening-schema.ts";
import { declarationOf, HAPPENINGS, type Happening } from "./happenings.ts";

/** No happening on a running link takes longer than this. */
export const LONGEST_S = 31 * 86_400;

const check = schemaCheck(anyOfThem(Object.values(HAPPENINGS).map((one) => happeningSchema(one))), {
  events: Object.keys(HAPPENINGS),
  otherwise: formerNameHint,
});

/**
 * Takes a happening from a caller or a stranger.
 * @throws ConfigError QKD_CONFIG_INVALID for an unknown name (with the one it has now, or the nearest), an unknown or a
 * missing member, a wrong type; QKD_PHYSICS_RANGE for a value out of its range. One sentence with member, value, and what
 * is allowed.
 */
export function checkHappening(value: unknown): Happening {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refusal({ path: [], says: `is ${shown(value)}`, allowed: "an object with the name of an event" });
  const former = (value as { readonly type?: unknown }).type;
  if (!Object.hasOwn(value, "event") && typeof former === "string") throw formerly(former);
  const complaint = check(value);
  if (complaint !== undefined) throw refusal(complaint);
  const happening = value as Happening;
  checkSpans(happening);
  return happening;
}

/** Seconds that a happening lasts and takes to get there; infinite for what stays. */
export function spansOf(happening: Happening): { readonly lastsS: number; readonly overS: number } {
  const { for: lasts, over } = happening as { readonly for?: string; readonly over?: string };
  return {
    lastsS: lasts === undefined ? Number.POSITIVE_INFINITY : checkedSeconds(lasts),
    overS: checkedSeconds(over),
  };
}

/** The error for a happening that this link cannot have, or for another `whole` that has not its form. */
export function refusal(complaint: Complaint, whole = "the happening"): ConfigError {
  const { path, says, value, allowed, outOfRange } = complaint;
  const field = fieldName(path);
  const wanted = allowed === undefined ? "" : `, allowed is ${allowed}`;
  return new ConfigError(
    outOfRange === true ? "QKD_PHYSICS_RANGE" : "QKD_CONFIG_INVALID",
    `${field === "" ? whole : field} ${says}${wanted}`,
    {
      context: {
        field,
        ...(value === undefined ? {} : { value: shown(value) }),
        ...(allowed === undefined ? {} : { allowed }),
      },
    },
  );
}

function formerly(type: string): ConfigError {
  const now = presentName(type);
  const name = now ?? "an event of another name";
  return new ConfigError(
    "QKD_CONFIG_INVALID",
    `a happening is told by its event, no longer by its type: ${shown(type)} is ${name} now`,
    {
      context: { field: "type", value: shown(type), ...(now === undefined ? {} : { allowed: now }) },
      remedy: `write {"event": "${now ?? "NAME"}"} with the members that the event has in a scenario file`,
    },
  );
}

function checkSpans(happening: Happening): void {
  const { fields }: AnyDeclaration = declarationOf(happening);
  const texts = happening as unknown as Readonly<Record<string, unknown>>;
  for (const [name, one] of Object.entries(fields)) {
    const text = texts[name];
    if (one.spanS === undefined || typeof text !== "string" || spanFits(one, text)) continue;
    throw outOfTime(name, text, `at least ${one.spanS.min} s and at most ${one.spanS.max} s`);
  }
  const { lastsS, overS } = spansOf(happening);
  if (texts.for !== undefined && !(lastsS > 0 && lastsS <= LONGEST_S))
    throw outOfTime("for", texts.for, `more than no time and at most ${LONGEST_S} s`);
  const most = Math.min(lastsS, LONGEST_S);
  if (overS > most) throw outOfTime("over", texts.over, `at most ${most} s`);
}

const outOfTime = (name: string, value: unknown, allowed: string): ConfigError =>
  refusal({ path: [name], says: `is ${shown(value)}`, value, allowed, outOfRange: true });
