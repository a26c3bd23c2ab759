/** Something that must not leave the site, and what it is called. */
export interface Secret {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** So many characters in a row of a secret are a part of it; fewer may be chance. */
const PIECE = 16;
/** Texts that may spell bytes: hexadecimal digits and both alphabets of base64. */
const SPELLING = /[0-9A-Za-z+/_-]{16,}/g;

/** Takes out of texts whatever spells a part of a site's secrets: as they are, as hexadecimal digits, as base64 at any place. */
export class Scrubber {
  readonly #spellings: readonly { readonly name: string; readonly texts: readonly string[] }[];
  readonly #literal: readonly { readonly name: string; readonly text: string }[];

  constructor(secrets: readonly Secret[]) {
    this.#spellings = secrets.map(({ name, bytes }) => ({ name, texts: spellings(bytes) }));
    this.#literal = secrets.flatMap(({ name, bytes }) => {
      const text = Buffer.from(bytes).toString("utf8");
      return bytes.length > 0 && bytes.length < 1024 && !text.includes("\ufffd") ? [{ name, text }] : [];
    });
  }

  /** The text with each such part replaced by the name of the secret. */
  scrub(text: string): string {
    let scrubbed = text;
    for (const { name, text: secret } of this.#literal) scrubbed = scrubbed.replaceAll(secret, removed(name));
    return scrubbed.replaceAll(SPELLING, (run) => {
      const owner = this.#owner(run);
      return owner === undefined ? run : removed(owner);
    });
  }

  #owner(run: string): string | undefined {
    const plain = run.replaceAll("-", "+").replaceAll("_", "/");
    const lower = run.toLowerCase();
    for (const { name, texts } of this.#spellings)
      for (let at = 0; at + PIECE <= run.length; at += PIECE) {
        const pieces = [plain.slice(at, at + PIECE), lower.slice(at, at + PIECE)];
        if (texts.some((text) => pieces.some((piece) => text.includes(piece)))) return name;
      }
    return undefined;
  }
}

const removed = (name: string): string => `[removed: ${name}]`;

function spellings(bytes: Uint8Array): readonly string[] {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString("latin1");
  // A private key is base64 in lines already.
  const lines = /-----BEGIN/.test(text) ? [text.replaceAll(/-----[^-]*-----|\s/g, "")] : [];
  return [
    buffer.toString("hex"),
    ...[0, 1, 2].map((shift) => buffer.subarray(shift).toString("base64")),
    ...lines,
  ];
}
