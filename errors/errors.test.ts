import { describe, expect, it } from "vitest";
import * as errors from "./index.ts";
import {
  CodecError,
  ConfigError,
  ERROR_REMEDIES,
  type ErrorOf,
  errorClass,
  errorOf,
  InternalError,
  knownError,
  needNode,
  needNodeToLoad,
  PeerError,
  plainError,
  QkdError,
  type QkdErrorCode,
  revivedError,
} from "./index.ts";

const CODES = Object.keys(ERROR_REMEDIES) as QkdErrorCode[];
const layers = Object.values<unknown>(errors).filter(
  (value): value is typeof QkdError => typeof value === "function" && value.prototype instanceof QkdError,
);

/** Codes without a class, or whose class may not be constructed with them: the type check finds none. */
type Stray = {
  [C in QkdErrorCode]: [ErrorOf<C>] extends [never] ? C : C extends ErrorOf<C>["code"] ? never : C;
}[QkdErrorCode];
const NO_STRAY: [Stray] extends [never] ? true : Stray = true;

/** What a thread is given: no prototype, nothing that cannot be cloned. */
const crossed = (error: QkdError): QkdError => revivedError(structuredClone(plainError(error)));

describe("an error", () => {
  it("is of a class that takes its code", () => {
    expect(NO_STRAY).toBe(true);
    expect(CODES.filter((code) => errorClass(code) === InternalError)).toEqual(["QKD_INTERNAL"]);
  });

  it.each(CODES)("%s has one class, and keeps it between threads", (code) => {
    const options = { retryable: true, context: { field: "a", gates: 3n }, remedy: "do this" };
    const told = errorOf(code, "what happened", options);
    const revived = crossed(told);
    expect(revived).toBeInstanceOf(errorClass(code));
    expect(layers.filter((layer) => revived instanceof layer)).toEqual([errorClass(code)]);
    expect(revived.name).toBe(errorClass(code).name);
    expect(revived).toMatchObject({ code, message: "what happened", ...options });
  });

  it("keeps the remedy of its code where no better one is given, and is not retryable by itself", () => {
    for (const code of CODES)
      expect(crossed(errorOf(code, ""))).toMatchObject({ remedy: ERROR_REMEDIES[code], retryable: false });
  });

  it("is reported in one line that no terminal obeys, whatever a stranger put into its sentence", () => {
    const error = new ConfigError("QKD_CONFIG_INVALID", "a\nb\r\x1b[2J\u2028c is not known", {
      remedy: "d\te",
    });
    expect(error.line).toBe("QKD_CONFIG_INVALID: a b [2J c is not known. Remedy: d e.");
  });

  it("leaves its cause, and whatever bytes that holds, in its own thread", () => {
    const cause = Object.assign(new Error("inner"), { key: new Uint8Array([222, 173]) });
    const error = new PeerError("QKD_PEER_LIED", "no", { cause });
    expect(error.cause).toBe(cause);
    expect(Object.keys(plainError(error)).sort()).toEqual([
      "code",
      "context",
      "message",
      "remedy",
      "retryable",
    ]);
    expect(crossed(error).cause).toBeUndefined();
  });

  it("of somebody else becomes QKD_INTERNAL, of ours stays what it is", () => {
    const foreign = new RangeError("too far");
    expect(knownError(foreign)).toBeInstanceOf(InternalError);
    expect(knownError(foreign)).toMatchObject({ code: "QKD_INTERNAL", message: "too far", cause: foreign });
    expect(knownError("text")).toMatchObject({ code: "QKD_INTERNAL", message: "text" });
    const ours = new ConfigError("QKD_USAGE", "no");
    expect(knownError(ours)).toBe(ours);
  });

  it.each([
    new RangeError("WebAssembly.Memory(): could not allocate memory"),
    new RangeError("Array buffer allocation failed"),
    new RangeError("WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance"),
    Object.assign(new Error("Worker terminated due to reaching memory limit"), {
      code: "ERR_WORKER_OUT_OF_MEMORY",
    }),
    Object.assign(new Error("spawn ENOMEM"), { code: "ENOMEM" }),
    Object.assign(new Error("Failed"), { code: "ERR_MEMORY_ALLOCATION_FAILED" }),
  ])("of %s says that memory ran out, and blames nobody's settings nor this program", (cause) => {
    expect(knownError(cause)).toMatchObject({
      code: "QKD_CONFIG_MACHINE",
      message: `memory ran out: ${cause.message}`,
      remedy: expect.stringMatching(/^free memory, or lift its limit/),
      cause,
    });
  });

  it("cannot be constructed with a code of another layer: the type check refuses these lines", () => {
    // @ts-expect-error a code of the peer's layer
    new CodecError("QKD_PEER_LIED", "");
    // @ts-expect-error a code that begins like one of the class, but is none
    new PeerError("QKD_PEER_UNHEARD_OF", "");
    // @ts-expect-error the base alone says nothing of the layer
    new QkdError("QKD_USAGE", "");
    const ours: unknown = new ConfigError("QKD_USAGE", "");
    // @ts-expect-error no such code: what is caught keeps the closed union
    expect(ours instanceof QkdError && ours.code === "QKD_UNHEARD_OF").toBe(false);
  });
});

describe("the version of Node.js", () => {
  /** A process that is too old: the refusal of its entry point, and what it does about errors that nobody caught. */
  function old({ handlers = 0 } = {}) {
    const done = { printed: "", exits: [] as number[] };
    const listeners: ((error: unknown) => void)[] = [];
    const host = {
      versions: { node: "20.20.2" },
      stderr: {
        write: (text: string) => {
          done.printed += text;
        },
      },
      on: (_: "uncaughtExceptionMonitor", listener: (error: unknown) => void) => listeners.push(listener),
      listenerCount: () => handlers,
      exit: (code: number) => done.exits.push(code) as never,
    };
    const uncaught = (error: unknown) => {
      for (const listener of listeners) listener(error);
      return done;
    };
    try {
      needNodeToLoad(host);
    } catch (refusal) {
      return { refusal, uncaught };
    }
    throw new Error("nothing was refused");
  }

  it("is refused by an entry point with one line where nobody catches the refusal", () => {
    const { refusal, uncaught } = old();
    expect(refusal).toMatchObject({ code: "QKD_USAGE" });
    const { printed, exits } = uncaught(refusal);
    expect(printed).toMatch(/^QKD_USAGE: this is Node\.js 20\.20\.2, [^\n]+\n$/);
    expect(exits).toEqual([1]);
  });

  it("leaves other errors, and programs that catch what nobody caught, alone", () => {
    expect(old().uncaught(new Error("another"))).toMatchObject({ printed: "", exits: [] });
    const caught = old({ handlers: 1 });
    expect(caught.uncaught(caught.refusal)).toMatchObject({ printed: "", exits: [] });
    expect(() => needNodeToLoad(process)).not.toThrow();
  });

  it("is named when it is too old, with what to do", () => {
    expect(() => needNode("20.20.2")).toThrow(
      expect.objectContaining({
        code: "QKD_USAGE",
        message: "this is Node.js 20.20.2, and qkdlink needs 24 or later",
      }),
    );
    expect(() => needNode("24.0.0")).not.toThrow();
    expect(() => needNode("100.1.0")).not.toThrow();
  });
});
