/** One parameter of structured data after the other, by name. */
export interface StructuredData {
  readonly id: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** The parts of a message of RFC 5424, section 6. */
export interface SyslogMessage {
  /** 0 to 23. */
  readonly facility: number;
  /** 0 (emergency) to 7 (debug). */
  readonly severity: number;
  readonly atMs: number;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  readonly data: readonly StructuredData[];
  readonly text: string;
}

/** Facilities by the names that configurations of syslog use (RFC 5424, table 1). */
export const FACILITIES = {
  user: 1,
  daemon: 3,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
} as const;

const BOM = "\uFEFF";
const YEAR_10000_MS = 253_402_300_800_000;

/** The text of a message, RFC 5424 section 6.1. What a field may not hold is left out of it; an empty one is `-`. Pure. */
export function syslogText(message: SyslogMessage): string {
  const { facility, severity, atMs, hostname, appName, procId, msgId, data, text } = message;
  const head = [
    `<${8 * facility + severity}>1`,
    rfc3339(atMs),
    field(hostname, 255),
    field(appName, 48),
    field(procId, 128),
    field(msgId, 32),
    data.length === 0 ? "-" : data.map(element).join(""),
  ].join(" ");
  if (text === "") return head;
  // What begins so is UTF-8; US-ASCII needs no mark.
  return /^[\x20-\x7e]*$/.test(text) ? `${head} ${text}` : `${head} ${BOM}${text}`;
}

/** A message of a stream by octet counting, RFC 6587 section 3.4.1 and RFC 5425 section 4.3. */
export function octetCounted(text: string): Uint8Array {
  const message = new TextEncoder().encode(text);
  const count = new TextEncoder().encode(`${message.length} `);
  const frame = new Uint8Array(count.length + message.length);
  frame.set(count);
  frame.set(message, count.length);
  return frame;
}

/** A time by RFC 3339, in UTC; `-` for one that none of its years has. */
export function rfc3339(atMs: number): string {
  return atMs >= 0 && atMs < YEAR_10000_MS ? new Date(atMs).toISOString() : "-";
}

function field(text: string, most: number): string {
  const plain = text.replaceAll(/[^\x21-\x7e]/g, "").slice(0, most);
  return plain === "" ? "-" : plain;
}

function element({ id, params }: StructuredData): string {
  const given = Object.entries(params).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  return `[${id}${given.join("")}]`;
}

/** RFC 5424 section 6.3.3: these three would end a value, or hide its end. */
function escaped(value: string): string {
  return value.replaceAll(/["\\\]]/g, "\\$&");
}
