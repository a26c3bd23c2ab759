import { SecretBytes } from "../../../protocol/index.ts";

/** Stands for SecretBytes in a message between threads, which would lose the class and with it the bytes. */
interface PackedSecret {
  readonly secretBytes: Uint8Array;
}

/** The value with its SecretBytes, at any depth, packed for a message. The bytes are shared, not copied. */
export function packSecrets(value: unknown): unknown {
  if (value instanceof SecretBytes) return { secretBytes: value.reveal() } satisfies PackedSecret;
  return mapMembers(value, packSecrets);
}

/** The value of a message with its SecretBytes again, which now own the message's copy of the bytes. */
export function unpackSecrets(value: unknown): unknown {
  if (isPacked(value)) return new SecretBytes(value.secretBytes);
  return mapMembers(value, unpackSecrets);
}

/** Zeroes all SecretBytes in a value. */
export function wipeSecrets(value: unknown): void {
  if (value instanceof SecretBytes) value.wipe();
  else if (Array.isArray(value)) value.forEach(wipeSecrets);
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(wipeSecrets);
}

function isPacked(value: unknown): value is PackedSecret {
  return typeof value === "object" && value !== null && "secretBytes" in value;
}

function mapMembers(value: unknown, map: (member: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(map);
  if (typeof value !== "object" || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) result[name] = map(member);
  return result;
}
