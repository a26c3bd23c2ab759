import { expect, it } from "vitest";
import { BoundedLog } from "./bounded-log.ts";
import { logLine } from "./log-line.ts";

/** A stream whose reader takes nothing: all that is written waits. */
function stuck() {
  const out = {
    text: "",
    writableLength: 0,
    write(text: string) {
      out.text += text;
      out.writableLength += text.length;
    },
  };
  return out;
}

const LINE = `${"x".repeat(1023)}\n`;

it.each([false, true])(
  "a reader that takes nothing holds up a mebibyte, whatever comes (JSON: %s)",
  (json) => {
    const out = stuck();
    const log = new BoundedLog(out, json, (sentence) => logLine(sentence, new Date(2026, 0, 1, 12, 3, 7)));
    for (let count = 0; count < 5000; count++) log.write(LINE);
    expect(out.writableLength).toBeLessThan((1 << 20) + 2 * LINE.length);
    const printed = out.text.length / LINE.length;
    // The reader takes all that waits.
    Object.assign(out, { text: "", writableLength: 0 });
    log.write(LINE);
    const events = 5000 - printed;
    const sentence = `12:03:07 ${events} events were not printed: standard output took nothing`;
    expect(out.text).toBe(`${json ? JSON.stringify({ type: "unprinted", events }) : sentence}\n${LINE}`);
    log.tellUnprinted();
    expect(out.text.endsWith(LINE)).toBe(true);
  },
);

it("what was not printed is told at the end, too", () => {
  const out = stuck();
  const log = new BoundedLog(out, true);
  out.writableLength = 1 << 21;
  log.write(LINE);
  log.tellUnprinted();
  expect(out.text).toBe('{"type":"unprinted","events":1}\n');
});
