import { describe, expect, it } from "vitest";
import { recordsToEnd, u8 } from "../codec/kit.ts";
import { messageCodec } from "../codec/message-codec.ts";
import { peerMessage } from "./declaration.ts";

const message = peerMessage({
  name: "connection.test",
  kind: 1,
  from: "either",
  meaning: "",
  limitBytes: 3,
  tagged: false,
  codec: messageCodec({ values: recordsToEnd({ value: u8("a value") }, 4, "values") }),
});
const values = (count: number) => ({ values: Array.from({ length: count }, () => ({ value: 7 })) });

describe("a message between controllers", () => {
  it("is sent up to its limit, and refused beyond it by its name", () => {
    expect(Buffer.concat(message.encode(values(3)))).toHaveLength(3);
    expect(() => message.encode(values(4))).toThrow(
      expect.objectContaining({
        code: "QKD_CODEC_VALUE",
        message: expect.stringContaining("connection.test"),
      }),
    );
  });

  it("is read up to its limit", () => {
    expect(message.decode(new Uint8Array(3)).values).toHaveLength(3);
    expect(() => message.decode(new Uint8Array(4))).toThrow(/4 bytes, at most 3 are allowed/);
  });
});

describe("records to the end of a message", () => {
  const codec = messageCodec({ values: recordsToEnd({ value: u8("a value") }, 4, "values") });

  it("are as many as were declared at most, written and read", () => {
    expect(codec.decode(codec.encode(values(4)))).toEqual(values(4));
    for (const beyond of [() => codec.encode(values(5)), () => codec.decode(new Uint8Array(5))])
      expect(beyond).toThrow(expect.objectContaining({ code: "QKD_CODEC_VALUE" }));
  });
});
