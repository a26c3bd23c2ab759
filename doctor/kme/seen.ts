import type { ExchangeAnswer } from "../../client/exchange/index.ts";

/** What became of one request. */
export interface Seen {
  /** What was asked, for people. */
  readonly what: string;
  /** 0 where no answer came. */
  readonly status: number;
  /** Why no answer came. */
  readonly fault: string | null;
  readonly contentType: string;
  readonly connection: string;
  /** Undefined for a body that is no JSON. */
  readonly json: unknown;
  readonly bodyBytes: number;
  readonly ms: number;
}

/** An answer as checks read it. */
export function seenAnswer(what: string, answer: ExchangeAnswer, ms: number): Seen {
  const { status, headers, body } = answer;
  return {
    what,
    status,
    fault: null,
    contentType: headers["content-type"] ?? "",
    connection: headers.connection ?? "",
    json: jsonOf(body),
    bodyBytes: body.length,
    ms,
  };
}

/** A request that got no answer. */
export function seenFault(what: string, fault: string, ms: number): Seen {
  return { what, status: 0, fault, contentType: "", connection: "", json: undefined, bodyBytes: 0, ms };
}

export const accepted = ({ status }: Seen): boolean => status >= 200 && status < 300;

/** What a server wrote, so short and plain that a terminal shows it as it is. */
export function quoted(text: unknown): string {
  const plain = typeof text === "string" ? text : (JSON.stringify(text) ?? "nothing");
  return `"${plain.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").slice(0, 100)}"`;
}

export function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
