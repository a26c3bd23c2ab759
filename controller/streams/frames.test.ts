import { describe, expect, it } from "vitest";
import {
  closeAnswer,
  keyAnswer,
  MOST_PAYLOAD_BYTES,
  openAnswer,
  readHeader,
  readRequest,
  SERVICE,
} from "./frames.ts";
import { saeOfUri } from "./sae-of-uri.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ""), "hex");
const KSID = "00112233445566778899aabbccddeeff";
const QOS = {
  chunkBytes: 32,
  maxBps: 4096,
  minBps: 256,
  jitter: 0,
  priority: 1,
  timeoutMs: 1000,
  ttlS: 60,
  mimetype: "application/json",
};
const QOS_HEX = `00000020 00001000 00000100 00000000 00000001 000003e8 0000003c
  ${Buffer.from("application/json").toString("hex")} ${"00".repeat(240)}`;

/** Written out by the tables of the standard. */
describe("frames of ETSI GS QKD 004", () => {
  it("begin with version, service and length", () => {
    expect(readHeader(hex("01000104 00000018"))).toEqual({ service: SERVICE.getKey, payloadBytes: 24 });
  });

  it.each([
    ["of another version", "02000104 00000018"],
    ["of another minor version", "01010104 00000018"],
    ["of a response", "01000105 00000018"],
    ["of no service", "010001ff 00000018"],
    ["of a payload beyond all", `01000102 ${(MOST_PAYLOAD_BYTES + 1).toString(16).padStart(8, "0")}`],
  ])("%s are none", (_, header) => {
    expect(readHeader(hex(header))).toBeNull();
  });

  it("ask to open a stream, for one that the node names or for one that is named", () => {
    const open = (ksid: string) => hex(`61626300 78797a00 ${QOS_HEX} ${ksid}`);
    const asked = { type: "open", source: "abc", destination: "xyz", qos: QOS };
    expect(readRequest(SERVICE.openConnect, open("00".repeat(16)))).toEqual({ ...asked, ksid: null });
    expect(readRequest(SERVICE.openConnect, open(KSID))).toEqual({ ...asked, ksid: KSID });
  });

  it("ask for a key and to close", () => {
    expect(readRequest(SERVICE.getKey, hex(`${KSID} 00000003 00000400`))).toEqual({
      type: "getKey",
      ksid: KSID,
      index: 3,
      metadataBytes: 1024,
    });
    expect(readRequest(SERVICE.close, hex(KSID))).toEqual({ type: "close", ksid: KSID });
  });

  it.each<[string, number, string]>([
    ["a short id", SERVICE.close, KSID.slice(2)],
    ["a long id", SERVICE.close, `${KSID}00`],
    ["a short question", SERVICE.getKey, KSID],
    ["a URI without an end", SERVICE.openConnect, "616263"],
    ["one URI", SERVICE.openConnect, "61626300"],
    ["no text", SERVICE.openConnect, `fffe00 61 00 ${QOS_HEX} ${KSID}`],
    ["a byte too many", SERVICE.openConnect, `6100 6200 ${QOS_HEX} ${KSID} 00`],
    [
      "a mimetype without an end",
      SERVICE.openConnect,
      `6100 6200 ${"00".repeat(28)} ${"41".repeat(256)} ${KSID}`,
    ],
    ["a URI that is too long", SERVICE.openConnect, `${"61".repeat(1025)}00 6200 ${QOS_HEX} ${KSID}`],
  ])("with %s are malformed", (_, service, payload) => {
    expect(readRequest(service, hex(payload))).toBeNull();
  });

  it("answer", () => {
    expect(openAnswer(0, QOS, KSID)).toEqual(hex(`01000103 00000130 00000000 ${QOS_HEX} ${KSID}`));
    expect(openAnswer(5, QOS, KSID)).toEqual(hex("01000103 00000004 00000005"));
    const key = { index: 3, key: hex("dead"), metadata: "{}" };
    expect(keyAnswer(0, key)).toEqual(hex("01000105 00000014 00000000 00000003 00000002 dead 00000002 7b7d"));
    expect(keyAnswer(2, key)).toEqual(hex("01000105 00000004 00000002"));
    expect(closeAnswer(0)).toEqual(hex("01000109 00000004 00000000"));
  });
});

it.each([
  ["sae-a", "sae-a"],
  ["qkd://sae-a@node.example", "sae-a"],
  ["qkd://sae-a", "sae-a"],
  ["qkd://sae%2Fa@x", "sae/a"],
  ["qkd://%zz@x", "qkd://%zz@x"],
])("%s names %s", (uri, sae) => {
  expect(saeOfUri(uri)).toBe(sae);
});
