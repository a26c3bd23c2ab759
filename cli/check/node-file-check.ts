import { readFileSync } from "node:fs";
import type { NetworkDraft } from "../../controller/node/network/index.ts";
import { plainHex, readCertificates } from "../../trust/index.ts";
import type { FieldPath, Remark } from "../config/finding.ts";
import type { NodeDraft } from "../config/node-config.ts";
import type { SiteDraft } from "../config/site-config.ts";
import { certificateCheck } from "./certificate-check.ts";
import { fileCheck, readablePem } from "./file-check.ts";
import { mistake, refusals } from "./remarks.ts";
import type { Machine, SiteCheck } from "./site-check.ts";

/** A node's file with absolute file names, as far as it is right, and the network's. */
export interface NodeCheck {
  readonly file: string;
  readonly node: NodeDraft;
  readonly network: NetworkDraft | null;
  readonly machine: Machine;
}

/** Everything that is wrong with what a node's file names: files, secrets, certificates. */
export async function nodeFileCheck({ file, node, network, machine }: NodeCheck): Promise<readonly Remark[]> {
  const check = (site: SiteDraft): SiteCheck => ({ file, site, machine, saeCertificates: [] });
  const { peer, delivery, store } = node;
  const whole = check({ peer, delivery, store } as SiteDraft);
  const remarks = [
    ...(await fileCheck(whole)),
    ...(await certificateCheck(whole)),
    ...ownFingerprint(node, network),
  ];
  for (const [id, link] of Object.entries(node.links ?? {})) {
    const alone = check({
      transceiver: link?.transceiver,
      peer: { secretFile: link?.secretFile },
    } as SiteDraft);
    const found = [...(await fileCheck(alone)), ...(await certificateCheck(alone))];
    remarks.push(
      ...found.filter(({ field }) => field.length > 0).map((remark) => ofPart(["links", id], remark)),
    );
  }
  for (const [other, pair] of Object.entries(node.pairs ?? {})) {
    const found = await fileCheck(check({ peer: { secretFile: pair?.secretFile } } as SiteDraft));
    remarks.push(
      ...found.filter(({ field }) => field.length > 0).map((remark) => ofPart(["pairs", other], remark)),
    );
  }
  return remarks;
}

/** A remark on a site's field as one on the field of a link or pair that takes its place. */
function ofPart(part: readonly [string, string], { field, message, ...rest }: Remark): Remark {
  const [owner, name] = field;
  const place: FieldPath = owner === "peer" ? [...part, name ?? ""] : [...part, ...field];
  return { ...rest, field: place, message: message.replace(field.join("."), place.join(".")) };
}

/** Neighbours know this node by the fingerprint that the network file gives it. */
function ownFingerprint({ node, peer }: NodeDraft, network: NetworkDraft | null): readonly Remark[] {
  const named = [network?.nodes?.[node ?? ""]?.fingerprint ?? []]
    .flat()
    .map((print) => plainHex(String(print)));
  const file = peer?.certificate;
  if (named.length === 0 || !readablePem(file)) return [];
  let own: string | undefined;
  // What is no certificate is told elsewhere.
  const unread = refusals(["peer", "certificate"], () => {
    own = readCertificates(readFileSync(file, "latin1"), "peer.certificate")[0]?.fingerprint256;
  });
  if (unread.length > 0 || own === undefined || named.includes(plainHex(own))) return [];
  return [
    mistake(
      "QKD_CONFIG_INVALID",
      ["peer", "certificate"],
      `(${file}) is not the one that the network file names for ${node}`,
      `put its fingerprint there: ${plainHex(own)}`,
    ),
  ];
}
