import { checkDeliveryTls } from "../delivery/delivery-tls.ts";
import type { Controller } from "../link/controller.ts";
import type { ControllerOptions } from "../link/controller-options.ts";
import { checkLinkOptions, epsilonOfAttempt } from "../link/open-link.ts";
import { withSiteCertificates } from "../link/site-trust.ts";
import type { SiteRole } from "../pool/key-pool.ts";
import { pairEnd } from "../pool/proposer.ts";
import { openKeyPool } from "../pool/sqlite/open-key-pool.ts";
import { checkControllerOptions } from "./controller-rules.ts";
import { NodeCore } from "./node-core.ts";
import { NodeLink } from "./node-link.ts";
import { SingleLink } from "./single-link.ts";

/**
 * Starts one site of a link, which is a node with one neighbour: opens the key store, joins the other site, starts the key
 * exchange and distils what arrives. Rejects with ConfigError, KeyStoreError, PeerError or DeviceError when it cannot start;
 * afterwards what goes wrong is told by `failures$` and survived.
 */
export async function createController(options: ControllerOptions): Promise<Controller> {
  checkControllerOptions(options);
  const { transceiver, delivery, credentials, store: path, ...rest } = options;
  const role: SiteRole = transceiver.identity.role === "qtx" ? "alice" : "bob";
  const linkId = options.linkId ?? transceiver.identity.linkId;
  checkLinkOptions(options);
  if (delivery !== undefined) checkDeliveryTls(delivery.tls);
  const store = await openKeyPool({
    path,
    keyFile: options.keyFile,
    site: role,
    linkId,
    linkSecret: options.secret,
    epsilonOfAttempt: epsilonOfAttempt(options),
    ...(options.capacityBits === undefined ? {} : { capacityBits: options.capacityBits }),
    ...(options.redeliveryMs === undefined ? {} : { redeliveryMs: options.redeliveryMs }),
    ...(options.fetchTtlMs === undefined ? {} : { fetchTtlMs: options.fetchTtlMs }),
    ...(options.acceptDataJournal === undefined ? {} : { acceptDataJournal: options.acceptDataJournal }),
  });
  const link = await NodeLink.over(store, {
    linkId,
    role,
    end: pairEnd(role),
    neighbour: role === "alice" ? "bob" : "alice",
    options: { ...rest, credentials },
    transceiver,
    ledgerBeside: path,
  });
  const node = new NodeCore([link], store.pool);
  try {
    await node.serve(
      delivery === undefined
        ? null
        : {
            ...withSiteCertificates(delivery, credentials),
            keys: link.keys,
          },
    );
    return new SingleLink(node, await link.start(), options);
  } catch (error) {
    await node.close();
    throw error;
  }
}
