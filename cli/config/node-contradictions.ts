import { normalize } from "node:path";
import { parsePeerAddress } from "../../controller/index.ts";
import { type NetworkDraft, pairFault } from "../../controller/node/network/index.ts";
import { nearestName } from "../../options/index.ts";
import { nodeFileFields, textAt } from "./absolute-node-files.ts";
import { deliveryAddress, deliveryListen, deviceRemarks, portToConnect, refused } from "./address-remarks.ts";
import type { FieldPath, Remark } from "./finding.ts";
import { levelRemarks } from "./level-remarks.ts";
import type { NodeDraft } from "./node-config.ts";

/** What fields of a node's file say against each other, and what no schema knows of their values. Pure. */
export function nodeContradictions(node: NodeDraft): Remark[] {
  return [
    ...Object.entries(node.links ?? {}).flatMap(([id, link]) => linkRemarks(id, link ?? {})),
    ...deliveryListen(node.delivery?.listen),
    ...refused(["peer", "listen"], node.peer?.listen, parsePeerAddress),
    ...portRemarks(node),
    ...levelRemarks({ store: node.store, delivery: node.delivery }),
    ...fileRemarks(node),
    ...seedRemarks(node),
  ];
}

type Link = NonNullable<NonNullable<NodeDraft["links"]>[string]>;

function linkRemarks(id: string, link: Link): Remark[] {
  const at = ["links", id];
  const remarks = [
    ...deviceRemarks([...at, "transceiver"], link.transceiver),
    ...refused([...at, "listen"], link.listen, parsePeerAddress),
    ...refused([...at, "connect"], link.connect, parsePeerAddress),
    ...portToConnect([...at, "connect"], link.connect),
    ...levelRemarks({ policy: link.policy }).map((remark) => ({
      ...remark,
      field: [...at, ...remark.field],
      message: `links.${id}.${remark.message}`,
    })),
  ];
  if ((link.listen === undefined) === (link.connect === undefined))
    remarks.push(
      wrong(
        at,
        `links.${id} needs exactly one of listen and connect`,
        "let one end listen and the other connect",
      ),
    );
  return remarks;
}

/** Every listener has a port of its own; port 0 is any. */
function portRemarks({
  links = {},
  delivery,
  streams,
  status,
  peer: { listen: own } = {},
}: NodeDraft): Remark[] {
  const listeners: { readonly field: FieldPath; readonly host: string; readonly port: number }[] = [];
  for (const [id, link] of Object.entries(links)) {
    const listen = /^tls:\/\/(\[[^\]]*\]|[^:]*):(\d+)$/.exec(link?.listen ?? "");
    if (listen !== null)
      listeners.push({ field: ["links", id, "listen"], host: listen[1] ?? "", port: Number(listen[2]) });
  }
  for (const [field, text] of [
    [["delivery", "listen"], delivery?.listen],
    [["streams", "listen"], streams?.listen],
    [["status", "listen"], status?.listen],
  ] as const) {
    const named = text === undefined ? null : deliveryAddress(text);
    if (named !== null) listeners.push({ field, ...named });
  }
  const peer = /^tls:\/\/(\[[^\]]*\]|[^:]*):(\d+)$/.exec(own ?? "");
  if (peer !== null)
    listeners.push({ field: ["peer", "listen"], host: peer[1] ?? "", port: Number(peer[2]) });
  const everyHost = (host: string) => ["0.0.0.0", "::", "[::]"].includes(host);
  return listeners.flatMap(({ field, host, port }, index) => {
    const before = listeners
      .slice(0, index)
      .find(
        (other) => other.port === port && (other.host === host || everyHost(host) || everyHost(other.host)),
      );
    if (port === 0 || before === undefined) return [];
    return [
      wrong(
        field,
        `${field.join(".")} takes the port ${port} of ${before.field.join(".")}`,
        "give each a port of its own",
      ),
    ];
  });
}

/** What is written or kept secret has a file of its own; a secret is of one link. */
function fileRemarks(node: NodeDraft): Remark[] {
  const named = nodeFileFields(node).flatMap((path) => {
    const name = textAt(node, path);
    return name === undefined ? [] : [{ path, name: normalize(name) }];
  });
  const alone = named.filter(({ path }) => ["secretFile", "path", "keyFile"].includes(String(path.at(-1))));
  return alone.flatMap((one) => {
    const same = named.find(
      (other) =>
        other !== one &&
        other.name === one.name &&
        (!alone.includes(other) || named.indexOf(other) < named.indexOf(one)),
    );
    if (same === undefined) return [];
    const message = `${one.path.join(".")} names the same file as ${same.path.join(".")}`;
    return [wrong(one.path, message, "give each a file of its own")];
  });
}

function seedRemarks({ developmentSeed }: NodeDraft): Remark[] {
  if (developmentSeed === undefined) return [];
  const sentence = "developmentSeed is set: every key of this node can be predicted and is NOT secret";
  return [
    { ...wrong(["developmentSeed"], sentence, "take it out where keys have to be secret"), level: "warning" },
  ];
}

/** What a node's file and its network's file say against each other; every remark stands in the node's file. */
export function nodeInNetwork({ node, links = {}, pairs = {} }: NodeDraft, network: NetworkDraft): Remark[] {
  const nodes = Object.keys(network.nodes ?? {});
  const known = node !== undefined && nodes.includes(node);
  const remarks: Remark[] = [];
  if (node !== undefined && !known && nodes.length > 0) {
    const nearest = nearestName(node, nodes);
    remarks.push(
      wrong(
        ["node"],
        `node is ${node}, which the network file does not know`,
        nearest === null ? `use one of ${nodes.join(", ")}` : `write ${nearest}`,
      ),
    );
  }
  const declared = network.links ?? [];
  for (const id of Object.keys(links)) {
    const link = declared.find((each) => each.id === id);
    const ends = (link?.ends ?? []) as readonly string[];
    if (link === undefined) {
      const nearest = nearestName(
        id,
        declared.flatMap((each) => each.id ?? []),
      );
      remarks.push(
        wrong(
          ["links", id],
          `links.${id} is no link of the network file`,
          nearest === null ? "declare it there, or take it out" : `write ${nearest}`,
        ),
      );
    } else if (known && ends.length === 2 && !ends.includes(node))
      remarks.push(
        wrong(
          ["links", id],
          `links.${id} joins ${ends.join(" and ")}, and this node is ${node}`,
          "take it out, or correct its ends in the network file",
        ),
      );
  }
  for (const other of Object.keys(pairs)) {
    const why = known ? pairFault(network, node, other) : null;
    if (why !== null) remarks.push(wrong(["pairs", other], why, "take it out, or correct the network file"));
  }
  for (const { id, ends } of declared)
    if (known && id !== undefined && ((ends ?? []) as readonly string[]).includes(node) && !(id in links))
      remarks.push({
        ...wrong(
          ["links"],
          `links says nothing of ${id}, which ends at this node`,
          "give its device and secret, so that it runs",
        ),
        level: "warning",
      });
  return remarks;
}

function wrong(field: FieldPath, message: string, remedy: string): Remark {
  return { level: "error", code: "QKD_CONFIG_INVALID", field, message, remedy };
}
