import { describe, expect, it } from "vitest";
import { PEER_HEADER_BYTES, PEER_MESSAGES, PEER_PROTOCOL_VERSION } from "../../protocol/index.ts";
import { specPeerText as formatted } from "./spec-peer-examples.ts";
import { ownerTable, peerCatalogTable, peerMessageSections, redactedFields } from "./spec-peer-tables.ts";
import { sectionsOf, unpadded } from "./spec-section.ts";

const specText = unpadded(formatted);
const section = sectionsOf(specText);

describe("the tables of the peer's SPEC are those of the code", () => {
  it("owners", () => expect(section("### 3.3")).toContain(ownerTable()));
  it("catalogue", () => expect(section("## 8.")).toContain(peerCatalogTable()));

  it.each(peerMessageSections().map((expected) => [expected.split("\n")[0] as string, expected]))(
    "%s",
    (heading, expected) => expect(section(heading).trim()).toBe(expected),
  );

  it("no message besides", () => {
    expect(section("## 9.").match(/^### /gm)).toHaveLength(PEER_MESSAGES.length);
  });

  it("what is never shown in words", () => {
    const listed = section("## 8.")
      .split("\n")
      .filter((line) => line.startsWith("- "));
    expect(listed).toEqual(redactedFields().map((field) => `- ${field}`));
  });

  it("version and header", () => {
    expect(formatted).toMatch(
      new RegExp(`^# The protocol between controllers, version ${PEER_PROTOCOL_VERSION}\n`),
    );
    expect(section("### 3.1")).toContain(`The header is ${PEER_HEADER_BYTES} bytes`);
  });

  it("sections that the declarations cite", () => {
    const cited = PEER_MESSAGES.flatMap(({ rows }) =>
      rows.flatMap(({ meaning }) =>
        [...meaning.matchAll(/\((\d+\.\d+)\)/g)].map((match) => match[1] as string),
      ),
    );
    expect(cited.length).toBeGreaterThan(2);
    for (const number of cited) expect(specText).toContain(`\n### ${number} `);
  });
});
