import { ConfigError } from "../errors/index.ts";
import { nearestName } from "./nearest-name.ts";
import type { Rule, RulesOf } from "./rule.ts";

/** Names longer than this are not repeated in errors. */
const LONGEST_NAME = 60;

/** One thing that is wrong with options. */
export interface Mistake {
  /** Where, from the top: names of members, and numbers of entries from 0. */
  readonly path: readonly (string | number)[];
  /** Whether the member should not be there at all, or is not what it should be. */
  readonly of: "name" | "value";
  readonly message: string;
  readonly remedy: string;
  /** The missing member that an unknown name was most likely meant to be. */
  readonly meant: string | null;
}

/**
 * Refuses options that cannot be meant. `what` names them where they are none at all: "options of openTransceiver".
 * @throws ConfigError QKD_CONFIG_INVALID with the path of the first wrong member, what it is and what is allowed; for
 * an unknown member the nearest known name. Texts are never repeated, since they may be secret.
 */
export function checkOptions<T extends object>(what: string, options: T, rules: RulesOf<T>): void {
  refuseFirst(optionMistakes(what, options, rules));
}

/** The same for a single argument, such as an address. */
export function checkArgument(name: string, value: unknown, one: Rule): void {
  refuseFirst(mistakes(one, value, [name], name));
}

/** All that `checkOptions` would refuse, one after the other, for a file that is told all its mistakes at once. */
export function optionMistakes<T extends object>(
  what: string,
  options: unknown,
  rules: RulesOf<T>,
): Iterable<Mistake> {
  const whole: Rule = {
    wants: "an object",
    fields: rules,
    holds: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  };
  return mistakes(whole, options, [], what);
}

function refuseFirst(found: Iterable<Mistake>): void {
  for (const { path, message, remedy } of found)
    throw new ConfigError("QKD_CONFIG_INVALID", message, { context: { field: spelled(path) }, remedy });
}

type Path = Mistake["path"];

function* mistakes(one: Rule, value: unknown, path: Path, what: string): Generator<Mistake> {
  if (value === undefined && one.optional === true) return;
  if (!one.holds(value)) {
    yield refusal(path, what, one, value);
    return;
  }
  if (Array.isArray(value)) {
    const { items } = one;
    if (items !== undefined)
      for (const [index, item] of value.entries()) yield* mistakes(items, item, [...path, index], what);
    return;
  }
  if (one.fields === undefined) return;
  const { fields } = one;
  const members = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(members)) {
    if (Object.hasOwn(fields, name)) continue;
    const nearest = nearestName(name, Object.keys(fields));
    if (one.open === true && nearest === null) continue;
    yield unknown([...path, name], what, nearest, Object.keys(fields));
  }
  for (const [name, member] of Object.entries(fields))
    yield* mistakes(member, members[name], [...path, name], what);
}

/** `fibre.spans[1].name`. */
const spelled = (path: Path): string =>
  path.reduce<string>((before, step) => {
    if (typeof step === "number") return `${before}[${step}]`;
    return before === "" ? short(step) : `${before}.${short(step)}`;
  }, "");

function refusal(path: Path, what: string, { wants, shows }: Rule, value: unknown): Mistake {
  const field = path.length === 0 ? what : spelled(path);
  const missing = value === undefined;
  const is = missing ? "is missing" : `is ${shownAs(value, shows === true)}`;
  return {
    path,
    of: "value",
    message: `${field} ${is}, allowed is ${wants}`,
    remedy: missing ? `give ${field}` : `correct ${field}`,
    meant: null,
  };
}

function unknown(path: Path, what: string, nearest: string | null, known: readonly string[]): Mistake {
  const hint = nearest === null ? "" : ` (did you mean ${nearest}?)`;
  return {
    path,
    of: "name",
    message: `${spelled(path)} is no known field of ${what}${hint}`,
    remedy: `use one of ${known.join(", ")}`,
    meant: nearest,
  };
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
