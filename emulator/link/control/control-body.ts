import type { IncomingMessage } from "node:http";
import { ConfigError } from "../../../errors/index.ts";

/** No request to the control port needs more. */
export const MOST_BODY_BYTES = 65_536;

/**
 * The JSON that a stranger sent, as yet of any form. What is too long is read to its end or to the server's time-out, and
 * dropped, so that the answer arrives.
 * @throws ConfigError QKD_CONFIG_INVALID for what is too long, no UTF-8, or no JSON.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes <= MOST_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MOST_BODY_BYTES)
    throw invalid(`the body has ${bytes} bytes, allowed are at most ${MOST_BODY_BYTES}`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw invalid("the body is no JSON");
  }
}

const invalid = (message: string): ConfigError => new ConfigError("QKD_CONFIG_INVALID", message);
