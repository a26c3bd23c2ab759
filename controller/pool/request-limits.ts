import { KeyStoreError } from "../../errors/index.ts";
import { AUTH_SEGMENT_BYTES } from "./auth-layout.ts";
import { GRAIN_BYTES } from "./block-halves.ts";
import { TAIL_BYTES } from "./block-tail.ts";
import { KEY_ID_LIMITS } from "./key-id.ts";
import type { BlockRelease, KeyAudience, PendingBlock, TakeManyRequest } from "./key-pool.ts";
import type { PadPlace, PadRequest } from "./pad.ts";

/** Most keys in one call. */
export const MAX_KEYS_PER_CALL = 4096;
/** Most places of a pad. */
export const MOST_PAD_PLACES = 16;
const MAX_SAE_LENGTH = 256;
const LAST_AUTH_SEQUENCE = 2 ** 32;
const ORIGINS: readonly string[] = ["qkd", "relay", "hybrid", "pqc"];

/** QKD_KEYSTORE_REQUEST for a block that no store can take. */
export function checkBlock(block: PendingBlock<{ readonly length: number }>): void {
  const { authBytes = 0 } = block;
  const wrong =
    (!(isCount(authBytes, 2 * AUTH_SEGMENT_BYTES) && authBytes % 2 === 0) &&
      `the authentication share is an even number of bytes up to ${2 * AUTH_SEGMENT_BYTES}`) ||
    (authBytes > 0 && block.origin !== "qkd" && "only distilled blocks feed the authentication reserve") ||
    (!/^[0-9a-f]{32}$/.test(block.blockId) && "a block id is 32 lower-case hex digits") ||
    (!isCount(block.sequence, KEY_ID_LIMITS.sequence) && "the sequence number is out of range") ||
    (!ORIGINS.includes(block.origin) && "the origin is unknown") ||
    (!isCount(block.createdAtMs, Number.MAX_SAFE_INTEGER) && "the creation time is out of range") ||
    (block.key.length - authBytes < GRAIN_BYTES && `a block holds at least ${GRAIN_BYTES} bytes`) ||
    (block.tail.length !== TAIL_BYTES && `a tail has ${TAIL_BYTES} bytes`) ||
    (!isCount(block.lackBytes ?? 0, Number.MAX_SAFE_INTEGER) && "what the half lacks is out of range") ||
    (!Number.isSafeInteger(block.peerOffsetMs ?? 0) &&
      "the offset of the other site's clock is out of range") ||
    (block.key.length > KEY_ID_LIMITS.blockBytes &&
      `a block holds at most ${KEY_ID_LIMITS.blockBytes} bytes`);
  if (wrong) {
    throw new KeyStoreError("QKD_KEYSTORE_REQUEST", wrong, {
      context: { origin: block.origin, sequence: block.sequence, bytes: block.key.length },
      remedy: "correct the block",
    });
  }
}

/** QKD_KEYSTORE_CONFLICT for a split that no block of `bytes` can have. */
export function checkRelease({ boundaryBytes, tag }: BlockRelease, bytes: number): void {
  const whole = isCount(boundaryBytes, bytes) && boundaryBytes % GRAIN_BYTES === 0;
  if (whole && /^[0-9a-f]{32}$/.test(tag)) return;
  throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", "a block cannot be split like that", {
    context: { boundaryBytes, bytes },
    remedy: "update the older of the two controllers",
  });
}

/** QKD_KEYSTORE_REQUEST for keys of an impossible size, number or audience. */
export function checkTake({ bits, count, audience }: TakeManyRequest): void {
  checkAudience(audience);
  if (!Number.isInteger(bits) || bits % 8 !== 0 || bits < 8 || bits > KEY_ID_LIMITS.keyBytes * 8) {
    throw badRequest(`a key has 8 to ${KEY_ID_LIMITS.keyBytes * 8} bits, in whole bytes`);
  }
  if (!Number.isInteger(count) || count < 1 || count > MAX_KEYS_PER_CALL) {
    throw badRequest(`one call takes 1 to ${MAX_KEYS_PER_CALL} keys`);
  }
}

/** The key IDs in lower case; QKD_KEYSTORE_REQUEST for none, too many, the same twice, or an impossible audience. */
export function checkFetch(keyIds: readonly string[], audience: KeyAudience): readonly string[] {
  checkAudience(audience);
  const names = new Set(keyIds.map((keyId) => keyId.toLowerCase()));
  if (keyIds.length < 1 || keyIds.length > MAX_KEYS_PER_CALL || names.size !== keyIds.length) {
    throw badRequest(`between 1 and ${MAX_KEYS_PER_CALL} different key IDs are needed`);
  }
  return [...names];
}

/** QKD_KEYSTORE_REQUEST for a pad that no block can give. */
export function checkPad({ bytes, leastLeftBytes }: PadRequest): void {
  if (
    !isCount(bytes, KEY_ID_LIMITS.blockBytes) ||
    bytes < 1 ||
    !isCount(leastLeftBytes, Number.MAX_SAFE_INTEGER)
  )
    throw badRequest(`a pad has 1 to ${KEY_ID_LIMITS.blockBytes} bytes, and a half keeps a number of them`);
}

/** QKD_KEYSTORE_REQUEST for places where no pad can lie. */
export function checkPlaces(places: readonly PadPlace[]): void {
  const { sequence: last, blockBytes } = KEY_ID_LIMITS;
  const sane = ({ sequence, offset, length }: PadPlace) =>
    isCount(sequence, last) && isCount(offset, blockBytes) && isCount(length, blockBytes) && length > 0;
  if (places.length >= 1 && places.length <= MOST_PAD_PLACES && places.every(sane)) return;
  throw badRequest(`a pad lies in 1 to ${MOST_PAD_PLACES} places`);
}

/** QKD_KEYSTORE_REQUEST for a length of authentication key that no segment can hold. */
export function checkPadLength(bytes: number): void {
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= AUTH_SEGMENT_BYTES) return;
  throw new KeyStoreError("QKD_KEYSTORE_REQUEST", "the number of authentication bytes is out of range", {
    context: { bytes },
  });
}

/** QKD_KEYSTORE_REQUEST for authentication material that cannot be added. */
export function checkReplenishment(sequence: number, materialBytes: number): void {
  const wrong =
    (!(Number.isSafeInteger(sequence) && sequence >= 0 && sequence < LAST_AUTH_SEQUENCE) &&
      "the sequence is out of range") ||
    (!(materialBytes >= 2 && materialBytes <= 2 * AUTH_SEGMENT_BYTES && materialBytes % 2 === 0) &&
      `authentication material is an even number of bytes up to ${2 * AUTH_SEGMENT_BYTES}`);
  if (wrong) throw new KeyStoreError("QKD_KEYSTORE_REQUEST", wrong, { context: { sequence } });
}

function checkAudience({ master, slave }: KeyAudience): void {
  for (const name of [master, slave]) {
    if (typeof name !== "string" || name.length < 1 || name.length > MAX_SAE_LENGTH) {
      throw badRequest(`an SAE ID has 1 to ${MAX_SAE_LENGTH} characters`);
    }
  }
}

function isCount(value: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= max;
}

function badRequest(sentence: string): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_REQUEST", sentence);
}
