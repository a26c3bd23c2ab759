import { LINK_PRESETS } from "../../physics/index.ts";
import { anyOfThem, happeningSchema } from "../happenings/happening-schema.ts";
import { TIMELINE_HAPPENINGS } from "../happenings/timeline-happenings.ts";
import { part, type Schema } from "../schema/schema-parts.ts";

/** No network of one machine has more. */
const MOST_NODES = 64;
const MOST_LINKS = 256;

const preset = part.choice(Object.keys(LINK_PRESETS), "a published system; yuan2018 by default");
const node = part.name("a node");
const at = part.duration("since every pair has keys");

const link = part.object(
  {
    id: part.name("of the link; both ends, joined by a dash, by default"),
    ends: part.tuple(node, 2, "the two nodes"),
    qtx: part.name("the end with the transmitter; the first by default"),
    km: part.number(0, 1000, "length of the fibre, km"),
    lossDb: part.number(0, 60, "fibre with its connectors, dB"),
    preset,
    reported: part.object(
      {
        secretBitsPerS: part.above(0, 1e12, "secret key rate that was published, bit/s"),
        of: part.text("what of system, protocol or conditions differs", 300),
      },
      ["secretBitsPerS", "of"],
      "what was published of the link",
    ),
  },
  ["ends", "km", "lossDb"],
  "one quantum link",
);

const nodes = (description: string): Schema => part.list(node, MOST_NODES, description);

const demand = part.object(
  {
    over: part.choice(["links", "pairs"], "between the ends of every link, or of every pair of nodes"),
    from: nodes("nodes that ask; all by default"),
    to: nodes("nodes that they share keys with"),
    tunnels: part.integer(1, 100_000, "tunnels of each pair of nodes"),
    rekey: part.duration("until a tunnel wants its next key"),
    keyBits: { ...part.integer(8, 4096, "bits of a key, a multiple of 8; 256 by default"), multipleOf: 8 },
  },
  ["tunnels", "rekey"],
  "applications that draw keys",
);

const ofNodes: Schema[] = ["nodeKill", "nodeStart"].map((event) =>
  part.object({ event: { const: event }, at, node }, ["event", "at", "node"], "to a node's program"),
);
const seededCuts = part.object(
  {
    event: { const: "seededCuts" },
    at,
    count: part.integer(1, MOST_LINKS, "links that the seed chooses"),
    for: part.duration("until they are repaired; without it they stay cut"),
  },
  ["event", "at", "count"],
  "fibres are cut",
);

/** Events that a network has beside those of its links. */
export const NETWORK_EVENTS = ["nodeKill", "nodeStart", "seededCuts"] as const;

/** The form of a network's scenario file. */
export const NETWORK_SCENARIO_SCHEMA: Schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "QKD network scenario",
  ...part.object(
    {
      name: part.name("short name"),
      title: part.text("one line", 120),
      description: part.text("what is built, what happens, and what one sees of it"),
      sources: part.list(part.line("a publication", 300), 20, "where the facts were published"),
      seed: part.integer(0, Number.MAX_SAFE_INTEGER, "where the caller gives none; 1 by default"),
      preset,
      clockHz: part.number(1000, 1e12, "gates per second of every link; 5 MHz by default"),
      blockBits: part.integer(1024, 1.1e8, "sifted bits of a block; a million by default"),
      nodes: { ...nodes("names of the nodes"), minItems: 2, uniqueItems: true },
      links: { ...part.list(link, MOST_LINKS, "the quantum links"), minItems: 1 },
      policy: part.object(
        {
          mode: part.choice(["qkd-only", "prefer-qkd", "pqc-only"], "where quantum keys lack"),
          maxHops: part.integer(1, MOST_NODES, "of a relayed key"),
          shares: part.integer(1, 8, "ways without a common node that a relayed key takes"),
        },
        ["mode"],
        "what all applications are served by",
      ),
      demand: part.list(demand, 100, "what applications ask for"),
      timeline: part.list(
        anyOfThem([
          ...Object.values(TIMELINE_HAPPENINGS).map((one) =>
            happeningSchema(one, { at, link: part.name("the link that it happens to") }, ["at", "link"]),
          ),
          ...ofNodes,
          seededCuts,
        ]),
        10_000,
        "what happens when",
      ),
    },
    ["name", "title", "description", "nodes", "links"],
    "a network and what happens to it",
  ),
};
