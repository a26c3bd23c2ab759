import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import {
  createLinkSecretFile,
  LINK_KEY_BYTES,
  MAX_PRE_PLACED_SECRET_BYTES,
  MIN_PRE_PLACED_SECRET_BYTES,
  PRE_PLACED_SECRET_BYTES,
} from "../controller/index.ts";
import { publicSecretId, spelledId } from "./check/public-secret-id.ts";
import { wholeNumber } from "./whole-number.ts";

interface SecretFlags {
  readonly out: string;
  readonly pads: number;
  readonly json?: true;
}

/** What a block takes of each direction: hash key and pad of its tag, SPEC-PEER 4.3. */
const PAD_BYTES_OF_BLOCK = 32;
const padsOf = (secretBytes: number): number => (secretBytes - LINK_KEY_BYTES) / 2;
const [LEAST, USUAL, MOST] = [
  MIN_PRE_PLACED_SECRET_BYTES,
  PRE_PLACED_SECRET_BYTES,
  MAX_PRE_PLACED_SECRET_BYTES,
].map(padsOf) as [number, number, number];

/** `qkdlink secret`: a new pre-placed secret, to be carried to both sites of a link. */
export function secretCommand(write: (text: string) => void = (text) => process.stdout.write(text)): Command {
  return new Command("secret")
    .description("make a new pre-placed secret for a link, to be carried to both of its sites")
    .requiredOption("--out <file>", "the file, which must not exist yet")
    .option(
      "--pads <bytes>",
      `authentication pads of each direction, ${LEAST} to ${MOST}; a block takes ${PAD_BYTES_OF_BLOCK}`,
      pads,
      USUAL,
    )
    .option("--json", "print file, public id and what the pads last for as JSON")
    .action(({ out, pads: padBytes, json }: SecretFlags) => {
      const file = resolve(out);
      createLinkSecretFile(file, LINK_KEY_BYTES + 2 * padBytes);
      const secretId = publicSecretId(file) ?? "";
      const blocks = Math.floor(padBytes / PAD_BYTES_OF_BLOCK);
      write(
        json
          ? `${JSON.stringify({ file, secretId, padBytes, blocks })}\n`
          : `${file} holds a new pre-placed secret, public id ${spelledId(secretId)}.
Its pads, ${padBytes} bytes a direction, last for ${blocks} blocks in a row that bring no key; blocks that bring some refill them.
Carry it to both sites, mode 0600, and destroy every other copy.
`,
      );
    });
}

function pads(text: string): number {
  const bytes = wholeNumber(text);
  if (bytes < LEAST || bytes > MOST)
    throw new InvalidArgumentError(`it lies between ${LEAST} and ${MOST} bytes a direction.`);
  return bytes;
}
