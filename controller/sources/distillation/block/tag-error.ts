import { PeerError } from "../../../../errors/index.ts";

/** The transcript of a block is not what the peer said: an attack until shown otherwise. */
export function tagError(sequence: number): PeerError {
  return new PeerError(
    "QKD_AUTH_TAG",
    "the authentication tag of a block is wrong: the block was destroyed",
    { context: { sequence } },
  );
}
