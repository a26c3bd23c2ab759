/** Where in a file the packets of a time begin. */
export interface TimeMark {
  readonly offset: number;
  readonly atNs: bigint;
  /** Packets before it. */
  readonly packets: number;
  /** Interfaces that the section has by then. */
  readonly interfaces: number;
}

/** Time between two marks. */
const MARK_NS = 1_000_000_000n;

/** Whether a packet deserves a mark: the first of a file, and one a second after the mark before. */
export function markDue(last: TimeMark | undefined, atNs: bigint): boolean {
  return last === undefined || atNs - last.atNs >= MARK_NS;
}

/** A line of an index. */
export function markLine({ atNs, ...mark }: TimeMark): string {
  return `${JSON.stringify({ ...mark, atNs: String(atNs) })}\n`;
}

/** Reads an index; lines that are none, as a last one cut short, are passed over. */
export function readMarks(text: string): TimeMark[] {
  return text.split("\n").flatMap((line) => {
    try {
      const { offset, packets, interfaces, atNs } = JSON.parse(line) as Record<keyof TimeMark, number>;
      if (![offset, packets, interfaces].every(Number.isSafeInteger)) return [];
      return [{ offset, packets, interfaces, atNs: BigInt(String(atNs)) }];
    } catch {
      return [];
    }
  });
}

/** The last mark at or before a time: whoever looks for later packets may begin there. */
export function markBefore(marks: readonly TimeMark[], atNs: bigint): TimeMark | undefined {
  return marks
    .filter((mark) => mark.atNs <= atNs)
    .reduce<TimeMark | undefined>(
      (best, mark) => (best === undefined || mark.offset > best.offset ? mark : best),
      undefined,
    );
}
