import type { ServedOrigin } from "./delivery-policy.ts";
import { FIXED_MESSAGES, Refusal } from "./refusal.ts";

/** What a caller says about the origin of its keys. */
export interface VendorOptions {
  /** `qkdlink_origin`: the only origin the caller takes. */
  readonly origin?: ServedOrigin;
  /** `qkdlink_accept_pqc`: false refuses post-quantum keys, also where a policy would serve them. */
  readonly acceptPqc?: boolean;
}

/** The options of one request by how they were asked for. */
export interface AskedOptions {
  /** `extension_mandatory`. */
  readonly mandatory: readonly (readonly [name: string, value: unknown])[];
  /** Members of the request itself, as in a query; names that are not ours mean nothing. */
  readonly named: readonly (readonly [name: string, value: unknown])[];
  /** `extension_optional`; names that are not ours are passed over. */
  readonly optional: readonly (readonly [name: string, value: unknown])[];
}

type Writable = { -readonly [Name in keyof VendorOptions]: VendorOptions[Name] };
type Reading = "taken" | "unknown" | "impossible";

/**
 * Joins the options of a request: what is mandatory or named stands, an optional one counts where these leave it open.
 * 400 Refusal with the standard's sentence for what is unknown and mandatory, has no meaning, or contradicts itself.
 */
export function readVendorOptions({ mandatory, named, optional }: AskedOptions): VendorOptions & {
  /** The caller insists that post-quantum keys are accepted. */
  readonly mustAcceptPqc: boolean;
} {
  const must: Writable = {};
  for (const [name, value] of mandatory) {
    const reading = readOption(name, value, must);
    if (reading === "unknown")
      throw new Refusal(400, FIXED_MESSAGES.mandatoryUnsupported, [{ unsupported: name.slice(0, 100) }]);
    if (reading === "impossible") throw new Refusal(400, FIXED_MESSAGES.mandatoryUnmet, [{ unmet: name }]);
  }
  const mustAcceptPqc = must.acceptPqc === true;
  for (const [name, value] of named)
    if (readOption(name, value, must) === "impossible")
      throw new Refusal(400, FIXED_MESSAGES.mandatoryUnmet, [{ unmet: name }]);
  const may: Writable = {};
  for (const [name, value] of optional)
    if (readOption(name, value, may) === "impossible")
      throw new Refusal(400, FIXED_MESSAGES.optionalUnhandled, [{ unhandled: name }]);
  return { ...may, ...must, mustAcceptPqc };
}

/** Takes one option over; impossible are a value without a meaning and a second value that contradicts the first. */
function readOption(name: string, value: unknown, options: Writable): Reading {
  if (name === "qkdlink_accept_pqc") {
    const accepted = value === true || value === "true";
    if (!accepted && value !== false && value !== "false") return "impossible";
    if (options.acceptPqc !== undefined && options.acceptPqc !== accepted) return "impossible";
    options.acceptPqc = accepted;
    return "taken";
  }
  if (name !== "qkdlink_origin") return "unknown";
  if (value !== "qkd" && value !== "relay" && value !== "hybrid" && value !== "pqc") return "impossible";
  if (options.origin !== undefined && options.origin !== value) return "impossible";
  options.origin = value;
  return "taken";
}
