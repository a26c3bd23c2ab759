import { ConfigError } from "../errors/index.ts";
import { nearestName } from "./nearest-name.ts";
import type { Rule, RulesOf } from "./rule.ts";

/** Names longer than this are not repeated in errors. */
const LONGEST_NAME = 60;

/**
 * Refuses options that cannot be meant. `what` names them where they are none at all: "options of openTransceiver".
 * @throws ConfigError QKD_CONFIG_INVALID with the path of the first wrong member, what it is and what is allowed; for
 * an unknown member the nearest known name. Texts are never repeated, since they may be secret.
 */
export function checkOptions<T extends object>(what: string, options: T, rules: RulesOf<T>): void {
  const whole: Rule = {
    wants: "an object",
    fields: rules,
    holds: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  };
  check(whole, options, "", what);
}

/** The same for a single argument, such as an address. */
export function checkArgument(name: string, value: unknown, one: Rule): void {
  check(one, value, name, name);
}

function check(one: Rule, value: unknown, path: string, what: string): void {
  if (value === undefined && one.optional === true) return;
  if (!one.holds(value)) throw refusal(path === "" ? what : path, one, value);
  if (Array.isArray(value)) {
    const { items } = one;
    if (items !== undefined)
      for (const [index, item] of value.entries()) check(items, item, `${path}[${index}]`, what);
    return;
  }
  if (one.fields === undefined) return;
  const { fields } = one;
  const members = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(members)) {
    if (Object.hasOwn(fields, name)) continue;
    const nearest = nearestName(name, Object.keys(fields));
    if (one.open === true && nearest === null) continue;
    throw unknown(joined(path, short(name)), what, nearest, Object.keys(fields));
  }
  for (const [name, member] of Object.entries(fields)) check(member, members[name], joined(path, name), what);
}

const joined = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

function refusal(field: string, { wants, shows }: Rule, value: unknown): ConfigError {
  const missing = value === undefined;
  const is = missing ? "is missing" : `is ${shownAs(value, shows === true)}`;
  return new ConfigError("QKD_CONFIG_INVALID", `${field} ${is}, allowed is ${wants}`, {
    context: { field },
    remedy: missing ? `give ${field}` : `correct ${field}`,
  });
}

function unknown(field: string, what: string, nearest: string | null, known: readonly string[]): ConfigError {
  const hint = nearest === null ? "" : ` (did you mean ${nearest}?)`;
  return new ConfigError("QKD_CONFIG_INVALID", `${field} is no known field of ${what}${hint}`, {
    context: { field },
    remedy: `use one of ${known.join(", ")}`,
  });
}

const short = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}...` : name;

/** A value for people. */
function shownAs(value: unknown, shows: boolean): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return String(value);
  if (typeof value === "bigint") return "a bigint";
  if (typeof value === "string") {
    if (value === "") return "empty";
    return shows && value.length <= LONGEST_NAME ? `"${value}"` : "a text";
  }
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return typeof value === "symbol" ? "a symbol" : "an object";
}
