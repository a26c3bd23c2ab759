import { describe, expect, it } from "vitest";
import { ConfigError } from "../errors/index.ts";
import { checkArgument, checkOptions, maybe, optionMistakes, partly, type RulesOf, rule } from "./index.ts";

interface Settings {
  readonly speed?: "real" | "max" | number;
  readonly waitMs: number;
  readonly attempts: number;
  readonly names?: readonly string[];
  readonly secret?: string;
  readonly inner?: { readonly flag?: boolean };
  readonly told?: () => void;
}

const RULES: RulesOf<Settings> = {
  speed: maybe(rule.either(rule.choice("real", "max"), rule.number(0.001, 1000))),
  waitMs: rule.wait(),
  attempts: rule.whole(1, 9),
  names: maybe(rule.list(rule.text())),
  secret: maybe(rule.choice("x")),
  inner: maybe(rule.object<NonNullable<Settings["inner"]>>({ flag: maybe(rule.flag) })),
  told: maybe(rule.callback),
};

const GOOD = { waitMs: 5, attempts: 3 };

function refusalOf(options: unknown): ConfigError {
  try {
    checkOptions("the options of this test", options as Settings, RULES);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error as ConfigError;
  }
  throw new Error("the options were taken");
}

describe("options", () => {
  it.each<[string, object]>([
    ["the least", GOOD],
    ["undefined for what may be left out", { ...GOOD, speed: undefined, names: undefined }],
    ["a choice", { ...GOOD, speed: "max" }],
    ["the other kind", { ...GOOD, speed: 1000 }],
    ["lists and objects", { ...GOOD, names: ["a"], inner: { flag: false } }],
    ["the ends of a range", { waitMs: 1, attempts: 9 }],
  ])("are taken: %s", (_name, options) =>
    expect(() => checkOptions("the options of this test", options as Settings, RULES)).not.toThrow(),
  );

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "the options of this test is missing"],
    ["null", null, "the options of this test is null"],
    ["a number", 5, "the options of this test is 5"],
    ["a list", [], "the options of this test is a list"],
    [
      "a missing member",
      { waitMs: 5 },
      "attempts is missing, allowed is a whole number of at least 1 and at most 9",
    ],
    [
      "a number below",
      { ...GOOD, waitMs: 0 },
      "waitMs is 0, allowed is a number of at least 1 and at most 2147483647",
    ],
    ["a wait that no timer counts", { ...GOOD, waitMs: 2 ** 31 }, "waitMs is 2147483648"],
    ["NaN", { ...GOOD, waitMs: Number.NaN }, "waitMs is NaN"],
    ["a fraction", { ...GOOD, attempts: 1.5 }, "attempts is 1.5"],
    ["a text for a number", { ...GOOD, waitMs: "5" }, "waitMs is a text"],
    ["another choice", { ...GOOD, secret: "hush" }, 'secret is "hush", allowed is one of x'],
    [
      "neither of two kinds",
      { ...GOOD, speed: "fast" },
      "speed is a text, allowed is one of real, max, or a number",
    ],
    ["an entry of a list", { ...GOOD, names: ["a", ""] }, "names[1] is empty"],
    ["a member of a member", { ...GOOD, inner: { flag: 1 } }, "inner.flag is 1, allowed is true or false"],
    ["no function", { ...GOOD, told: {} }, "told is an object, allowed is a function"],
    [
      "a slip of the pen",
      { ...GOOD, atempts: 3 },
      "atempts is no known field of the options of this test (did you mean attempts?)",
    ],
    [
      "a slip within",
      { ...GOOD, inner: { flog: true } },
      "inner.flog is no known field of the options of this test (did you mean flag?)",
    ],
    ["an unknown member that is undefined", { ...GOOD, other: undefined }, "other is no known field"],
    ["a name of every object", { ...GOOD, constructor: 1 }, "constructor is no known field"],
  ])("are refused: %s", (_name, options, sentence) => {
    const error = refusalOf(options);
    expect(error.code).toBe("QKD_CONFIG_INVALID");
    expect(error.message).toContain(sentence);
  });

  it("name the known members to who gives an unknown one", () =>
    expect(refusalOf({ ...GOOD, zzz: 1 }).remedy).toContain("use one of speed, waitMs, attempts"));

  it("never repeat a text that no choice asks for, however deep", () => {
    const secret = "correct horse battery staple";
    for (const options of [
      { ...GOOD, waitMs: secret },
      { ...GOOD, inner: secret },
      { ...GOOD, told: secret },
    ]) {
      const error = refusalOf(options);
      expect(`${error.message} ${error.remedy} ${JSON.stringify(error.context)}`).not.toContain("horse");
    }
  });

  it("shorten names of strangers", () =>
    expect(refusalOf({ ...GOOD, ["x".repeat(500)]: 1 }).message.length).toBeLessThan(150));

  it("of a certificate may be the certificate's with its facts, but for a slip of the pen", () => {
    const rules = {
      tls: rule.open<{ cert: string; crl?: string }>({ cert: rule.text(), crl: maybe(rule.text()) }),
    };
    const check = (tls: object) => () => checkOptions("these", { tls } as never, rules as never);
    expect(check({ cert: "c", serialNumber: "1" })).not.toThrow();
    expect(check({ cert: "c", crll: "1" })).toThrow(
      "tls.crll is no known field of these (did you mean crl?)",
    );
    expect(check({ serialNumber: "1" })).toThrow("tls.cert is missing");
  });

  it("of which every part may be left out need none", () => {
    expect(() => checkOptions("these", {} as Settings, partly(RULES))).not.toThrow();
    expect(() => checkOptions("these", { attempts: 0 } as Settings, partly(RULES))).toThrow("attempts is 0");
  });
});

describe("all mistakes of options", () => {
  it("are told one after the other, with their places", () => {
    const found = [
      ...optionMistakes(
        "these",
        { ...GOOD, waitMs: 0, names: ["a", "", "b", ""], inner: { flog: 1 } },
        RULES,
      ),
    ];
    expect(found.map(({ path, of }) => [path.join(" "), of])).toEqual([
      ["waitMs", "value"],
      ["names 1", "value"],
      ["names 3", "value"],
      ["inner flog", "name"],
    ]);
    expect(found[2]?.message).toBe("names[3] is empty, allowed is a text that is not empty");
  });

  it("are none where nothing is wrong", () => expect([...optionMistakes("these", GOOD, RULES)]).toEqual([]));
});

describe("an argument", () => {
  it("is named where it is wrong", () =>
    expect(() => checkArgument("target", 5, rule.text("an address"))).toThrow(
      "target is 5, allowed is an address",
    ));

  it.each<[string, unknown, boolean]>([
    ["so many of a kind", [1, 2], true],
    ["one too few", [1], false],
    ["one too many", [1, 2, 3], false],
    ["one of another kind", [1, "2"], false],
  ])("that is a list of two has %s: %s", (_name, value, taken) => {
    const call = () => checkArgument("pair", value, rule.several(2, rule.anyNumber));
    if (taken) expect(call).not.toThrow();
    else expect(call).toThrow("allowed is a list of 2, each a number");
  });

  it("may be null where nothing is meant", () => {
    const one = rule.either(rule.anyNumber, rule.nothing);
    expect(() => checkArgument("time", null, one)).not.toThrow();
    expect(() => checkArgument("time", undefined, one)).toThrow(
      "time is missing, allowed is a number, or null",
    );
  });

  it("has the functions that are asked of it, wherever they come from", () => {
    class Port {
      write(): void {}
    }
    expect(() => checkArgument("port", new Port(), rule.having(["write"], "a port"))).not.toThrow();
    expect(() => checkArgument("port", new Port(), rule.having(["close"], "a port"))).toThrow(
      "port is an object",
    );
  });
});
