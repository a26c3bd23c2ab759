import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { TerminalView } from "./terminal-view.ts";

class Out extends EventEmitter {
  columns = 20;
  rows = 3;
  text = "";
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

class Keys extends EventEmitter {
  readonly isTTY = true;
  raw = false;
  setRawMode(raw: boolean): void {
    this.raw = raw;
  }
  resume(): void {}
  pause(): void {}
}

describe("a view of the whole terminal", () => {
  it("gives the terminal back as it was, once", () => {
    const [out, keys] = [new Out(), new Keys()];
    const view = new TerminalView(
      { out, keys },
      () => ["a", "b"],
      () => {},
    );
    expect([keys.raw, out.text.startsWith("\x1b[?1049h\x1b[?25l")]).toEqual([true, true]);
    view.close();
    view.close();
    expect([keys.raw, keys.listenerCount("data"), out.listenerCount("resize")]).toEqual([false, 0, 0]);
    expect(out.text.endsWith("\x1b[?25h\x1b[?1049l")).toBe(true);
    const { length } = out.text;
    view.draw();
    expect(out.text.length).toBe(length);
  });

  it("draws no more lines than there are rows, anew when the size changes", () => {
    const out = new Out();
    const sizes: string[] = [];
    const view = new TerminalView(
      { out, keys: new Keys() },
      (columns, rows) => {
        sizes.push(`${columns}x${rows}`);
        return ["1", "2", "3", "4"];
      },
      () => {},
    );
    expect(out.text).toContain("3\x1b[K\x1b[J");
    expect(out.text).not.toContain("4\x1b[K");
    out.columns = 0;
    out.rows = 0;
    out.emit("resize");
    expect(sizes).toEqual(["20x3", "80x24"]);
    view.close();
  });

  it("stops at q and at Ctrl-C, and at no other key", () => {
    const keys = new Keys();
    let stops = 0;
    const view = new TerminalView(
      { out: new Out(), keys },
      () => [],
      () => stops++,
    );
    for (const key of ["x", "\x1b[A", "q", "\x03"]) keys.emit("data", Buffer.from(key));
    expect(stops).toBe(2);
    view.close();
  });
});
