/** A message of a liar on its way out. */
export interface SaidMessage {
  readonly kind: number;
  readonly body: Uint8Array;
}

/** Which rule a liar breaks. */
export type DeviationClass = "value" | "order" | "silence" | "repetition" | "size";

/**
 * One way to break the rules with messages of one kind. `told` sees each message of that kind and says what leaves instead;
 * what is `late` leaves after the liar's next messages, whatever they are. `written` changes a value before the liar's own
 * transcript covers it, so that its tag is right.
 */
export interface Deviation {
  readonly name: string;
  readonly of: DeviationClass;
  readonly told?: (body: Uint8Array, turn: Turn) => Told | null;
  readonly written?: (value: unknown) => unknown;
  /** Bodies that the liar says without being asked, once. */
  readonly uninvited?: () => readonly Uint8Array[];
  /** Broken as long as the liar lies; once otherwise. */
  readonly always?: boolean;
}

/** What a deviation may know when it is its turn. */
export interface Turn {
  /** The body of this kind that the liar said before this one. */
  readonly before: Uint8Array | null;
}

/** What leaves instead of a message. */
export interface Told {
  readonly now: readonly Uint8Array[];
  readonly late?: { readonly body: Uint8Array; readonly messages: number };
}

/** Times that a flood repeats a message. */
const FLOOD = 500;
/** A body beyond the limit that a test can afford. */
const AFFORDABLE_BYTES = 20 << 20;

const flipped = (body: Uint8Array, at: number, bit: number): Uint8Array => {
  const copy = body.slice();
  if (copy.length > 0) copy[at] = (copy[at] as number) ^ (1 << bit);
  return copy;
};

/** What a message says of itself; those between controllers and those of a device are alike in this. */
export interface Deviating {
  readonly samples: readonly unknown[];
  readonly limitBytes: number;
  /** The sender's tag covers it. */
  readonly tagged: boolean;
  encode(value: unknown): readonly Uint8Array[];
  decode(body: Uint8Array): unknown;
}

/** Every deviation that there is for a message, its fields read off its samples. */
export function deviationsOf(message: Deviating): readonly Deviation[] {
  const now = (body: Uint8Array): Told => ({ now: [body] });
  const raw = (name: string, of: DeviationClass, change: (body: Uint8Array) => Uint8Array): Deviation => ({
    name,
    of,
    told: (body) => now(change(body)),
  });
  const sampled = (): Uint8Array => Uint8Array.from(Buffer.concat(message.encode(message.samples[0])));
  return [
    ...valueChanges(message),
    raw("first bit flipped", "value", (body) => flipped(body, 0, 7)),
    raw("middle bit flipped", "value", (body) => flipped(body, body.length >> 1, 3)),
    raw("last bit flipped", "value", (body) => flipped(body, body.length - 1, 0)),
    { name: "uninvited", of: "order", uninvited: () => [sampled()] },
    { name: "late by one message", of: "order", told: (body) => ({ now: [], late: { body, messages: 1 } }) },
    {
      name: "late by ten messages",
      of: "order",
      told: (body) => ({ now: [], late: { body, messages: 10 } }),
    },
    {
      name: "that of before in its place",
      of: "order",
      told: (_body, { before }) => (before === null ? null : now(before)),
    },
    {
      name: "that of before once more",
      of: "order",
      told: (body, { before }) => (before === null ? null : { now: [before, body] }),
    },
    { name: "unsaid once", of: "silence", told: () => ({ now: [] }) },
    { name: "unsaid for ever", of: "silence", always: true, told: () => ({ now: [] }) },
    { name: "twice", of: "repetition", told: (body) => ({ now: [body, body] }) },
    { name: "always twice", of: "repetition", always: true, told: (body) => ({ now: [body, body] }) },
    {
      name: `${FLOOD} times`,
      of: "repetition",
      told: (body) => ({ now: Array.from({ length: FLOOD }, () => body) }),
    },
    {
      name: `uninvited ${FLOOD} times`,
      of: "repetition",
      uninvited: () => Array.from({ length: FLOOD }, sampled),
    },
    raw("cut by a byte", "size", (body) => body.slice(0, Math.max(0, body.length - 1))),
    raw("cut in half", "size", (body) => body.slice(0, body.length >> 1)),
    raw("empty", "size", () => new Uint8Array()),
    raw("longer by a byte", "size", (body) => Uint8Array.from([...body, 0])),
    ...(message.limitBytes < AFFORDABLE_BYTES
      ? [raw("over the limit", "size", () => new Uint8Array(message.limitBytes + 1))]
      : []),
  ];
}

type Change = readonly [name: string, change: (value: unknown) => unknown];

/** Changes of every field, in the line, and for what a tag covers also before the tag. */
function valueChanges(message: Deviating): Deviation[] {
  const sample = message.samples.find((one) => fieldsIn(one).length > 0) ?? message.samples[0];
  return fieldsIn(sample).flatMap(({ path, value }) =>
    changesOf(value).flatMap(([name, change]) => {
      const changed = (whole: unknown): unknown => at(whole, path, change);
      const title = `${path.join(".")} ${name}`;
      const inLine: Deviation = {
        name: title,
        of: "value",
        told: (body) => {
          const again = written(message, () => changed(message.decode(body.slice())));
          return again === null ? null : { now: [again] };
        },
      };
      const tagged: Deviation = { name: `${title}, under the tag`, of: "value", written: changed };
      return message.tagged ? [inLine, tagged] : [inLine];
    }),
  );
}

/** The body of a changed value, or null where it cannot be written. */
function written(message: Deviating, value: () => unknown): Uint8Array | null {
  try {
    return Uint8Array.from(Buffer.concat(message.encode(value())));
  } catch {
    return null;
  }
}

interface Leaf {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** Every field, of lists the first entry and the list itself. */
function fieldsIn(value: unknown, path: readonly (string | number)[] = []): Leaf[] {
  if (Array.isArray(value)) {
    const first = value.length === 0 ? [] : fieldsIn(value[0], [...path, 0]);
    return [...first, { path, value }];
  }
  if (value instanceof Uint8Array || typeof value !== "object" || value === null)
    return path.length === 0 ? [] : [{ path, value }];
  return Object.entries(value).flatMap(([name, member]) => fieldsIn(member, [...path, name]));
}

function changesOf(sample: unknown): readonly Change[] {
  if (typeof sample === "number" || typeof sample === "bigint")
    return [
      ["one more", (value) => plus(value, 1)],
      ["one less", (value) => plus(value, -1)],
      ["zero", (value) => (typeof value === "bigint" ? 0n : 0)],
      ["as large as 32 bits allow", (value) => (typeof value === "bigint" ? 0xffff_ffffn : 0xffff_ffff)],
      [
        "as large as can be",
        (value) => (typeof value === "bigint" ? 0xffff_ffff_ffff_ffffn : Number.MAX_SAFE_INTEGER),
      ],
    ];
  if (typeof sample === "boolean") return [["turned", (value) => !value]];
  if (typeof sample === "string")
    return [
      ["changed", (value) => String(value).replace(/.$/, (last) => (last === "0" ? "1" : "0"))],
      ["of another meaning", (value) => OTHER_WORDS[String(value)] ?? null],
    ];
  if (sample instanceof Uint8Array)
    return [
      ["with a bit flipped", (value) => flipped(value as Uint8Array, 0, 0)],
      ["all zeros", (value) => new Uint8Array((value as Uint8Array).length)],
      ["all ones", (value) => new Uint8Array((value as Uint8Array).length).fill(0xff)],
    ];
  if (Array.isArray(sample))
    return [
      ["without its last", (value) => (value as unknown[]).slice(0, -1)],
      ["with its first twice", (value) => [...(value as unknown[]).slice(0, 1), ...(value as unknown[])]],
      ["turned round", (value) => (value as unknown[]).toReversed()],
    ];
  return [];
}

/** Of each choice of the catalogue another word of the same list. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  alice: "bob",
  bob: "alice",
  absent: "available",
  pending: "absent",
  available: "absent",
  spent: "available",
  equal: "discard",
  extend: "equal",
  discard: "equal",
  none: "noSecretKey",
  noSecretKey: "none",
  leakAboveMaximum: "none",
  missing: "digest",
  digest: "refused",
  refused: "missing",
};

const plus = (value: unknown, step: number): unknown =>
  typeof value === "bigint" ? value + BigInt(step) : Number(value) + step;

/** A copy with the member at `path` changed. */
function at(
  value: unknown,
  path: readonly (string | number)[],
  change: (value: unknown) => unknown,
): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return change(value);
  if (Array.isArray(value)) return value.map((one, index) => (index === first ? at(one, rest, change) : one));
  const members = value as Readonly<Record<string, unknown>>;
  return { ...members, [first]: at(members[String(first)], rest, change) };
}

/** Whether what leaves is what was to leave: some changes of some messages change nothing. */
export function unchanged(told: Told | null, body: Uint8Array): boolean {
  if (told === null) return true;
  const [only] = told.now;
  return (
    told.now.length === 1 && told.late === undefined && only !== undefined && Buffer.compare(only, body) === 0
  );
}
