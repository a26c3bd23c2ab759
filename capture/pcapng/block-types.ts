/** Types of blocks (draft-ietf-opsawg-pcapng, 4). */
export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  statistics: 5,
  packet: 6,
} as const;

/** The word by which a section tells its order of bytes. */
export const BYTE_ORDER = 0x1a2b3c4d;

/** Length of a block without a body: type, length, length again. */
export const FRAME_BYTES = 12;

/** Options of blocks that are written or read here (4.1 to 4.6). */
export const OPTION = {
  end: 0,
  comment: 1,
  /** Of a section: the program that wrote it. */
  application: 4,
  /** Of an interface. */
  name: 2,
  description: 3,
  resolution: 9,
  /** Of statistics: packets received, packets dropped. */
  received: 4,
  dropped: 5,
} as const;
