import type { Node, NodeLinkView, Renewal } from "../../controller/node/index.ts";
import type { QkdError } from "../../errors/index.ts";
import type { BoundedLog } from "../bounded-log.ts";
import { logLine } from "../log-line.ts";
import { SiteLog } from "../site-log.ts";

/** Prints what a node and each of its links do: JSON lines for programs, short sentences for people. Never a key. */
export class NodeLog {
  readonly #out: BoundedLog;
  readonly #json: boolean;
  readonly #links = new Map<string, SiteLog>();
  readonly #own: SiteLog;

  constructor(out: BoundedLog, json: boolean) {
    this.#out = out;
    this.#json = json;
    this.#own = new SiteLog(out, json);
  }

  /** Follows a node from its start on; `status` is where it tells its condition. */
  follow(node: Node, status: string | null, insecure: boolean): void {
    const { name, network, delivery, links } = node;
    this.#say(
      {
        type: "ready",
        node: name,
        network: network.network,
        links: links.map(({ linkId, neighbour }) => ({ link: linkId, neighbour })),
        ...(delivery === null ? {} : { delivery: delivery.url }),
        ...(status === null ? {} : { status }),
      },
      `ready: node ${name} of ${network.network} with ${links.length} links, keys at ${delivery?.url}${status === null ? "" : `, status at ${status}`}`,
    );
    if (insecure) {
      const reason = "developmentSeed is set: every key of this node can be predicted and is NOT secret";
      this.#say({ type: "insecure", reason }, `INSECURE: ${reason}`);
    }
    for (const link of links) this.#of(link.linkId).followLink(link);
    node.joined$.subscribe((link) => this.join(link));
    node.events$.subscribe(({ link, event }) => {
      if (link === null) this.#say({ ...event }, event.type);
      else if (!node.links.some(({ linkId }) => linkId === link)) this.#of(link).happened(event);
    });
    node.failures$.subscribe(({ link, error }) => {
      if (!node.links.some(({ linkId }) => linkId === link)) this.failed(link, error);
    });
  }

  /** A link that joined while the node runs. */
  join(link: NodeLinkView): void {
    this.#links.get(link.linkId)?.close(false);
    this.#links.delete(link.linkId);
    this.#of(link.linkId).followLink(link);
  }

  failed(link: string | null, error: QkdError): void {
    if (link === null) this.#own.failed(error);
    else this.#of(link).failed(error);
  }

  trace(link: string, line: string): void {
    this.#of(link).trace(line);
  }

  reloaded({ joined, left, restarted, waiting }: Renewal): void {
    const told = [
      ...joined.map((link) => `${link} joined`),
      ...left.map((link) => `${link} left`),
      ...restarted.map((link) => `${link} started anew`),
      ...(waiting.length === 0 ? [] : [`at the next start counts the change of ${waiting.join(", ")}`]),
    ];
    this.#say(
      { type: "reloaded", joined, left, restarted, needsRestart: waiting.length > 0, fields: waiting },
      ["configuration reloaded", ...told].join("; "),
    );
  }

  /** `ran`: false for a node that could not be started. */
  close(ran: boolean): void {
    for (const link of this.#links.values()) link.close(false);
    this.#own.close(ran);
  }

  #of(link: string): SiteLog {
    let log = this.#links.get(link);
    if (log === undefined) {
      log = new SiteLog(this.#out, this.#json, link);
      this.#links.set(link, log);
    }
    return log;
  }

  #say(line: Record<string, unknown>, sentence: string): void {
    if (this.#json) this.#out.write(`${JSON.stringify(line)}\n`);
    else this.#out.write(logLine(sentence));
  }
}
