import { text16 } from "./bytes.ts";
import { type Field, valueError } from "./field.ts";
import { f64 } from "./floats.ts";
import { newLayout } from "./layout.ts";

const number = f64("");
const words = text16("");

/** A number or a text: one byte 0 and an f64, or one byte 1 and a text16. */
export function numberOrText(meaning: string): Field<number | string> {
  return {
    layout(target, name) {
      const asNumber = newLayout();
      number.layout(asNumber, "value");
      const asText = newLayout();
      words.layout(asText, "value");
      const inner = newLayout();
      inner.uint8("kind", {
        formatter: (raw: number) => {
          if (raw > 1) throw valueError(name, "must start with 0 or 1");
          return raw;
        },
      });
      // Two arrays of which one is empty: the parser's own tagged choice throws untyped errors.
      inner.array("numbers", {
        length(this: { readonly kind: number }) {
          return 1 - this.kind;
        },
        type: asNumber,
      });
      inner.array("texts", { length: "kind", type: asText });
      target.nest(name, {
        type: inner,
        formatter: (raw: { numbers: { value: number }[]; texts: { value: string }[] }) =>
          (raw.numbers[0] ?? raw.texts[0])?.value,
      });
    },
    write(writer, name, value, siblings) {
      if (typeof value !== "number" && typeof value !== "string")
        throw valueError(name, "must be a number or a text");
      writer.u8(typeof value === "number" ? 0 : 1);
      if (typeof value === "number") number.write(writer, name, value, siblings);
      else words.write(writer, name, value, siblings);
    },
    rows: (name) => [{ name, type: "f64 or text16", meaning }],
    samples: [3.5, "scan", 0, ""],
  };
}
