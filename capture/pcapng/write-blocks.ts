import { BLOCK, BYTE_ORDER, FRAME_BYTES, OPTION } from "./block-types.ts";

const encoder = new TextEncoder();
/** Time stamps count nanoseconds. */
const NANOSECONDS = 9;

type Option = readonly [code: number, value: Uint8Array];

/** A new section: what is counted in it begins anew. Numbers are big-endian, as on the recorded wires. */
export function sectionBlock(application: string): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER);
  view.setUint16(4, 1);
  // The length of the section is not known.
  view.setBigInt64(8, -1n);
  return block(BLOCK.section, body, [[OPTION.application, encoder.encode(application)]]);
}

/** The next interface of a section, numbered from 0. */
export function interfaceBlock(linkType: number, name: string, description: string): Uint8Array {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint16(0, linkType);
  return block(BLOCK.interface, body, [
    [OPTION.name, encoder.encode(name)],
    [OPTION.description, encoder.encode(description)],
    [OPTION.resolution, Uint8Array.of(NANOSECONDS)],
  ]);
}

/** One packet of an interface, at a time since 1970. */
export function packetBlock(interfaceId: number, atNs: bigint, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const body = new Uint8Array(20 + padded(length));
  const view = new DataView(body.buffer);
  view.setUint32(0, interfaceId);
  view.setBigUint64(4, BigInt.asUintN(64, atNs));
  view.setUint32(12, length);
  view.setUint32(16, length);
  let at = 20;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return block(BLOCK.packet, body, []);
}

/** How many packets an interface has given and how many of its were not written. */
export function statisticsBlock(
  interfaceId: number,
  atNs: bigint,
  counts: { readonly received: number; readonly dropped: number },
): Uint8Array {
  const body = new Uint8Array(12);
  const view = new DataView(body.buffer);
  view.setUint32(0, interfaceId);
  view.setBigUint64(4, BigInt.asUintN(64, atNs));
  return block(BLOCK.statistics, body, [
    [OPTION.received, count(counts.received)],
    [OPTION.dropped, count(counts.dropped)],
  ]);
}

function count(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

function block(type: number, body: Uint8Array, options: readonly Option[]): Uint8Array {
  const optionBytes =
    options.length === 0 ? 0 : options.reduce((sum, [, value]) => sum + 4 + padded(value.length), 4);
  const length = FRAME_BYTES + body.length + optionBytes;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type);
  view.setUint32(4, length);
  bytes.set(body, 8);
  let at = 8 + body.length;
  for (const [code, value] of options) {
    view.setUint16(at, code);
    view.setUint16(at + 2, value.length);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  view.setUint32(length - 4, length);
  return bytes;
}
