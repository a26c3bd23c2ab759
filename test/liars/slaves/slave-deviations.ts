import type { DeviationClass } from "../deviation.ts";

/** What a master asks of a slave. */
export const ASKED = { registers: 4, bits: 2, identification: 43 } as const;
/** What a master asks of a slave. */
export type Asked = keyof typeof ASKED;

/** An answer on its way: unit and PDU, and what stands in front of them on TCP. */
export interface Answer {
  readonly transaction: number;
  readonly unitAndPdu: readonly number[];
}

/** One way to break the rules with answers to one kind of request. */
export interface SlaveDeviation {
  readonly name: string;
  readonly of: DeviationClass;
  /** As long as it lies; once otherwise. */
  readonly always?: boolean;
  readonly told: (answer: Answer, before: Answer | null) => readonly (Answer | Uint8Array | "hang up")[];
}

const EXCEPTIONS = [1, 2, 3, 4, 5, 6, 8, 10, 11];

const pdu = (
  name: string,
  of: DeviationClass,
  change: (bytes: readonly number[]) => readonly number[],
): SlaveDeviation => ({
  name,
  of,
  told: ({ transaction, unitAndPdu }) => [{ transaction, unitAndPdu: change(unitAndPdu) }],
});

const once: readonly SlaveDeviation[] = [
  ...EXCEPTIONS.map((exception) =>
    pdu(`exception ${exception}`, "value", ([unit = 0, code = 0]) => [unit, code | 0x80, exception]),
  ),
  pdu("of another unit", "value", ([unit = 0, ...rest]) => [unit + 1, ...rest]),
  pdu("of another function", "value", ([unit = 0, code = 0, ...rest]) => [unit, code ^ 1, ...rest]),
  pdu("with bits flipped", "value", (bytes) => bytes.map((byte, at) => (at > 2 ? byte ^ 0x55 : byte))),
  pdu("with another length named", "value", ([unit = 0, code = 0, count = 0, ...rest]) => [
    unit,
    code,
    (count + 2) & 0xff,
    ...rest,
  ]),
  pdu("shorter by a byte", "size", (bytes) => bytes.slice(0, -1)),
  pdu("half of it", "size", (bytes) => bytes.slice(0, bytes.length >> 1)),
  pdu("of two bytes", "size", (bytes) => bytes.slice(0, 2)),
  pdu("longer by a byte", "size", (bytes) => [...bytes, 0]),
  pdu("longer by two registers", "size", ([unit = 0, code = 0, count = 0, ...rest]) => [
    unit,
    code,
    (count + 4) & 0xff,
    ...rest,
    1,
    2,
    3,
    4,
  ]),
  { name: "unsaid", of: "silence", told: () => [] },
  { name: "twice", of: "repetition", told: (answer) => [answer, answer] },
  {
    name: "a hundred times",
    of: "repetition",
    told: (answer) => Array.from({ length: 100 }, () => answer),
  },
  {
    name: "that of the request before",
    of: "order",
    told: (_answer, before) => (before === null ? [] : [before]),
  },
  {
    name: "as the next transaction",
    of: "order",
    told: ({ transaction, unitAndPdu }) => [{ transaction: transaction + 1, unitAndPdu }],
  },
  {
    name: "as an old transaction",
    of: "order",
    told: ({ transaction, unitAndPdu }) => [{ transaction: Math.max(0, transaction - 1), unitAndPdu }],
  },
  {
    name: "garbage",
    of: "size",
    told: () => [Uint8Array.from({ length: 300 }, (_, at) => (at * 37) & 0xff)],
  },
  { name: "a hang-up", of: "silence", told: () => ["hang up"] },
];

/** Every deviation, once and as long as the slave lies. */
export const SLAVE_DEVIATIONS: readonly SlaveDeviation[] = once.flatMap((one) => [
  one,
  { ...one, name: `${one.name}, always`, always: true },
]);
