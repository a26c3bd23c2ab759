import { merge, type Observable } from "rxjs";
import type { QkdError } from "../../errors/index.ts";
import type { DeliveryServer } from "../delivery/delivery-server.ts";
import type { ControllerEvent } from "../events.ts";
import type { Controller } from "../link/controller.ts";
import type { ControllerOptions } from "../link/controller-options.ts";
import { type KeyAccess, keyAccess } from "../link/key-access.ts";
import type { RunningLink } from "../link/running-link.ts";
import { type SiteTrust, withSiteCertificates } from "../link/site-trust.ts";
import { checkPeerCredentials } from "../peer/peer-credentials.ts";
import type { SiteRole } from "../pool/key-pool.ts";
import type { OpeningReport } from "../pool/opening-report.ts";
import type { NodeCore } from "./node-core.ts";

/** A node with one link, as the one who embeds it sees it. */
export class SingleLink implements Controller {
  readonly role: SiteRole;
  readonly pool: KeyAccess;
  readonly storeOpening: OpeningReport;
  readonly events$: Observable<ControllerEvent>;
  readonly state$;
  readonly blocks$;
  readonly progress$;
  readonly peerState$;
  readonly failures$: Observable<QkdError>;
  readonly #node: NodeCore;
  readonly #link: RunningLink;

  constructor(node: NodeCore, link: RunningLink, { name }: Pick<ControllerOptions, "name">) {
    const [{ linkId, storeOpening }] = node.links as [NodeCore["links"][number]];
    this.#node = node;
    this.#link = link;
    this.role = link.role;
    this.storeOpening = storeOpening;
    this.pool = keyAccess(link.keys, name ?? `${linkId}/${link.role}`);
    this.events$ = merge(link.events$, node.events$);
    this.state$ = link.state$;
    this.blocks$ = link.blocks$;
    this.progress$ = link.progress$;
    this.peerState$ = link.peerState$;
    this.failures$ = link.failures$;
  }

  get peerPort(): number | null {
    return this.#link.peerPort;
  }

  get delivery(): DeliveryServer | null {
    return this.#node.delivery;
  }

  ledger() {
    return this.#link.ledger();
  }

  async storeFigures() {
    return { generation: this.storeOpening.generation, ...(await this.#link.storeFigures()) };
  }

  setFallback(engage: boolean): void {
    this.#link.setFallback(engage);
  }

  async renew({ credentials, delivery }: SiteTrust): Promise<void> {
    checkPeerCredentials(credentials);
    if (delivery !== undefined) this.delivery?.renew(withSiteCertificates(delivery, credentials));
    await this.#link.renew(credentials);
  }

  close(): Promise<void> {
    return this.#node.close();
  }
}
