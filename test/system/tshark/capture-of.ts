/** A pcapng file made by hand, one interface for each link type; the n-th packet has time n. */
export function captureOf(
  packets: readonly (readonly [linkType: number, parts: readonly Uint8Array[]])[],
): Buffer {
  const linkTypes = [...new Set(packets.map(([linkType]) => linkType))];
  const blocks = [
    block(0x0a0d0d0a, Buffer.from("1a2b3c4d00010000ffffffffffffffff", "hex")),
    ...linkTypes.map((linkType) =>
      block(
        1,
        Buffer.from(`${linkType.toString(16).padStart(4, "0")}000000000000000900010900000000000000`, "hex"),
      ),
    ),
    ...packets.map(([linkType, parts], index) => {
      const bytes = Buffer.concat(parts);
      const head = Buffer.alloc(20);
      head.writeUInt32BE(linkTypes.indexOf(linkType));
      head.writeBigUInt64BE(BigInt(index), 4);
      head.writeUInt32BE(bytes.length, 12);
      head.writeUInt32BE(bytes.length, 16);
      return block(6, Buffer.concat([head, bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]));
    }),
  ];
  return Buffer.concat(blocks);
}

function block(type: number, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(type);
  bytes.writeUInt32BE(bytes.length, 4);
  bytes.set(body, 8);
  bytes.writeUInt32BE(bytes.length, bytes.length - 4);
  return bytes;
}
