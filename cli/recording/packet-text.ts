import type { Decoded, DecodedPacket } from "../../capture/index.ts";

const ARROWS = { toDevice: "->", fromDevice: "<-", said: "->", heard: "<-" } as const;

/** The time of a packet, UTC with nanoseconds. */
export function timeText(atNs: bigint): string {
  const ms = Number(atNs / 1_000_000n);
  const valid = Number.isFinite(ms) && Math.abs(ms) <= 8.64e15;
  if (!valid) return `${atNs} ns`;
  const seconds = new Date(ms).toISOString().slice(0, 19);
  return `${seconds}.${String(atNs % 1_000_000_000n).padStart(9, "0")}Z`;
}

/** A packet in words: a line of what it is, and one for each field. */
export function packetText(packet: DecodedPacket, brief: boolean): string {
  const { atNs, plane, facts, eventGap } = packet;
  const marks = [
    ...(plane === "peer" ? ["peer"] : []),
    ...(facts.redacted && !facts.damaged ? ["redacted"] : []),
    ...(eventGap === undefined ? [] : [`${eventGap} events missing before it`]),
  ];
  const marked = marks.length === 0 ? "" : ` [${marks.join(", ")}]`;
  const head = `${timeText(atNs)} unit ${facts.unit + 1} ${ARROWS[facts.direction]}`;
  return `${head} ${decodedText(packet, brief, marked)}`;
}

/** The same for bytes that carry no time. */
export function decodedText({ title, lines }: Decoded, brief: boolean, marked = ""): string {
  const fields = brief ? [] : lines.map((line) => `    ${line}\n`);
  return `${title}${marked}\n${fields.join("")}`;
}

/** A packet as one JSON line. */
export function packetJson(packet: DecodedPacket): string {
  const { atNs, on, plane, facts, eventGap } = packet;
  return `${JSON.stringify({
    time: timeText(atNs),
    atNs: String(atNs),
    on,
    plane,
    ...facts,
    unit: facts.unit + 1,
    ...(eventGap === undefined ? {} : { eventGap }),
    ...decodedMembers(packet),
  })}\n`;
}

/** Bytes that carry no time as one JSON line. */
export function decodedJson(decoded: Decoded): string {
  return `${JSON.stringify(decodedMembers(decoded))}\n`;
}

function decodedMembers({ kind, name, opcode, sequence, malformed, fields }: Decoded): object {
  return { kind, name, opcode, sequence, malformed, fields };
}
