import { nearestName } from "../../../options/index.ts";
import { LINK_PRESETS } from "../../../physics/index.ts";
import { plainHex } from "../../../trust/index.ts";
import { DEFAULT_MAX_HOPS, type Network, type NetworkLink } from "./network.ts";

/** Something that a network file says against itself. */
export interface NetworkRemark {
  readonly level: "error" | "warning";
  readonly field: readonly (string | number)[];
  readonly message: string;
  readonly remedy: string;
}

/** A network file of which some may be missing, because it was wrong. */
export type NetworkDraft = {
  readonly [Part in keyof Network]?: DraftOf<Network[Part]> | undefined;
};
type DraftOf<T> = T extends readonly (infer U)[]
  ? readonly DraftOf<U>[]
  : T extends object
    ? { readonly [K in keyof T]?: DraftOf<T[K]> | undefined }
    : T;

/** What the parts of a network file say against each other. Pure. */
export function networkRemarks(network: NetworkDraft): NetworkRemark[] {
  const nodes = Object.keys(network.nodes ?? {});
  return [
    ...nodeRemarks(network),
    ...(network.links ?? []).flatMap((link, index) => linkRemarks(link, index, nodes, network.links ?? [])),
    ...saeRemarks(network, nodes),
    ...policyRemarks(network),
  ];
}

function nodeRemarks({ nodes = {} }: NetworkDraft): NetworkRemark[] {
  const remarks: NetworkRemark[] = [];
  const kmes = new Map<string, string>();
  const prints = new Map<string, string>();
  const addresses = new Map<string, string>();
  const once = (seen: Map<string, string>, key: string, node: string, field: string): void => {
    const before = seen.get(key);
    if (before !== undefined)
      remarks.push(
        error(
          ["nodes", node, field],
          `nodes.${node}.${field} is that of ${before}, too`,
          "give each its own",
        ),
      );
    seen.set(key, node);
  };
  for (const [name, node] of Object.entries(nodes)) {
    if (node?.kme !== undefined) once(kmes, node.kme, name, "kme");
    if (node?.address !== undefined) once(addresses, node.address, name, "address");
    for (const print of [node?.fingerprint ?? []].flat() as string[]) {
      if (!/^[0-9a-f]{64}$/.test(plainHex(print)))
        remarks.push(
          error(
            ["nodes", name, "fingerprint"],
            `nodes.${name}.fingerprint is none`,
            "give the SHA-256 of the certificate as 64 hexadecimal digits",
          ),
        );
      else once(prints, plainHex(print), name, "fingerprint");
    }
  }
  return remarks;
}

type Link = DraftOf<NetworkLink>;

function linkRemarks(
  link: Link,
  index: number,
  nodes: readonly string[],
  all: readonly Link[],
): NetworkRemark[] {
  const at = ["links", index];
  const name = `links.${index}`;
  const remarks: NetworkRemark[] = [];
  const { id, preset, qtx } = link;
  const ends = (link.ends ?? []) as readonly string[];
  const before = all.slice(0, index);
  for (const [place, end] of ends.entries())
    if (!nodes.includes(end))
      remarks.push(unknown([...at, "ends", place], `${name}.ends`, "node", end, nodes));
  if (ends.length === 2 && ends[0] === ends[1])
    remarks.push(
      error([...at, "ends"], `${name}.ends names ${ends[0]} twice`, "name the two nodes that it joins"),
    );
  if (qtx !== undefined && ends.length === 2 && !ends.includes(qtx))
    remarks.push(
      error(
        [...at, "qtx"],
        `${name}.qtx is ${qtx}, which is no end of the link`,
        `name the end that has the transmitter: ${ends.join(" or ")}`,
      ),
    );
  if (id !== undefined && before.some((other) => other.id === id))
    remarks.push(error([...at, "id"], `${name}.id is ${id}, which another link has`, "give each its own"));
  const twin = before.find((other) => sameEnds((other.ends ?? []) as readonly string[], ends));
  if (twin !== undefined)
    remarks.push(
      error(
        [...at, "ends"],
        `${name} joins the nodes that ${twin.id} joins`,
        "name one link for each pair of nodes: parallel links of a pair are not run yet",
      ),
    );
  if (preset !== undefined && !Object.hasOwn(LINK_PRESETS, preset))
    remarks.push(unknown([...at, "preset"], `${name}.preset`, "preset", preset, Object.keys(LINK_PRESETS)));
  return remarks;
}

function sameEnds(a: readonly string[], b: readonly string[]): boolean {
  return a.length === 2 && b.length === 2 && a.every((end) => b.includes(end));
}

function saeRemarks({ saes = [], policies = {} }: NetworkDraft, nodes: readonly string[]): NetworkRemark[] {
  const known = saes.flatMap(({ id }) => (id === undefined ? [] : [id]));
  return saes.flatMap(({ id, node, policy, peers }, index) => {
    const at = ["saes", index];
    const remarks: NetworkRemark[] = [];
    if (id !== undefined && known.indexOf(id) < index)
      remarks.push(
        error([...at, "id"], `saes.${index}.id is ${id}, which another SAE has`, "give each its own"),
      );
    if (node !== undefined && !nodes.includes(node))
      remarks.push(unknown([...at, "node"], `saes.${index}.node`, "node", node, nodes));
    if (policy !== undefined && !Object.hasOwn(policies, policy))
      remarks.push(
        unknown([...at, "policy"], `saes.${index}.policy`, "policy", policy, Object.keys(policies)),
      );
    for (const [place, peer] of (peers ?? []).entries())
      if (!known.includes(peer as string))
        remarks.push(unknown([...at, "peers", place], `saes.${index}.peers`, "SAE", peer as string, known));
    return remarks;
  });
}

/** Keys that may not travel as far as a policy lets them need nothing said; shares need as many ways. */
function policyRemarks({ policies = {}, nodes = {}, links = [] }: NetworkDraft): NetworkRemark[] {
  const degree = Math.max(
    0,
    ...Object.keys(nodes).map(
      (node) => links.filter(({ ends }) => ((ends ?? []) as readonly string[]).includes(node)).length,
    ),
  );
  return Object.entries(policies).flatMap(([name, policy]) => {
    const remarks: NetworkRemark[] = [];
    if (policy?.onShortage !== undefined && policy.mode !== "hybrid")
      remarks.push(
        error(
          ["policies", name, "onShortage"],
          `policies.${name}.onShortage has no meaning without mode: hybrid`,
          "take it out",
        ),
      );
    const { shares = 1, maxHops = DEFAULT_MAX_HOPS } = policy ?? {};
    const most = Math.max(1, Object.keys(nodes).length - 1);
    if (policy?.maxHops !== undefined && maxHops > most)
      remarks.push({
        ...error(
          ["policies", name, "maxHops"],
          `policies.${name}.maxHops is ${maxHops}, and no way in this network has more than ${most}`,
          "name as many as are meant",
        ),
        level: "warning",
      });
    if (shares > 1 && shares > degree)
      remarks.push(
        error(
          ["policies", name, "shares"],
          `policies.${name}.shares is ${shares}, and no node has more than ${degree} links`,
          "ask for no more disjoint ways than there can be",
        ),
      );
    return remarks;
  });
}

function unknown(
  field: readonly (string | number)[],
  name: string,
  kind: string,
  value: string,
  known: readonly string[],
): NetworkRemark {
  const nearest = nearestName(value, known);
  return error(
    field,
    `${name} names the ${kind} ${value}, which the file does not know`,
    nearest === null
      ? known.length === 0
        ? `declare it`
        : `use one of ${known.join(", ")}`
      : `write ${nearest}`,
  );
}

function error(field: readonly (string | number)[], message: string, remedy: string): NetworkRemark {
  return { level: "error", field, message, remedy };
}
