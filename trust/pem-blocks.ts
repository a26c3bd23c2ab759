/** One `-----BEGIN …-----` block of a PEM text. */
export interface PemBlock {
  /** What the block says it holds, such as `CERTIFICATE` or `PRIVATE KEY`. */
  readonly label: string;
  /** The block itself, with its borders. */
  readonly text: string;
}

/** PEM as callers hand it over: one text or several, as a string or as bytes. */
export type Pem = string | Uint8Array | readonly (string | Uint8Array)[];

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** All blocks of a PEM text in order; text around them (comments, dumps of certificates) is passed over. */
export function pemBlocks(pem: Pem): readonly PemBlock[] {
  return pemTexts(pem).flatMap((text) =>
    [...text.matchAll(BLOCK)].map(([block, label = ""]) => ({ label, text: block })),
  );
}

function pemTexts(pem: Pem): string[] {
  if (typeof pem === "string") return [pem];
  if (pem instanceof Uint8Array) return [Buffer.from(pem).toString("latin1")];
  return pem.flatMap(pemTexts);
}
