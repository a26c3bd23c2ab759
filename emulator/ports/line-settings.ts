/** Settings of an asynchronous serial line. */
export interface LineSettings {
  readonly baud: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
}

/** Bits one character takes on the line: start, data, parity, stop. */
export function bitsPerCharacter(settings: LineSettings): number {
  return 1 + settings.dataBits + (settings.parity === "none" ? 0 : 1) + settings.stopBits;
}

/** Characters per second that the line carries at most. */
export function charactersPerSecond(settings: LineSettings): number {
  return settings.baud / bitsPerCharacter(settings);
}

/** True when a receiver with settings `b` reads what a sender with settings `a` sends: same format, speed within 2 %. */
export function understandEachOther(a: LineSettings, b: LineSettings): boolean {
  return (
    a.dataBits === b.dataBits &&
    a.parity === b.parity &&
    a.stopBits === b.stopBits &&
    Math.abs(a.baud / b.baud - 1) <= 0.02
  );
}
