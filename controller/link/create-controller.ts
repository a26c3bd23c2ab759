import { ConfigError } from "../../errors/index.ts";
import { createKernels } from "../../kernels/index.ts";
import { checkDeliveryTls } from "../delivery/delivery-tls.ts";
import { completeLimits, DEFAULT_PEER_LIMITS } from "../listener/listener-limits.ts";
import { checkPeerCredentials } from "../peer/peer-credentials.ts";
import { checkEpsilonBudget } from "../policy/check-epsilon-budget.ts";
import { attemptsWithin, costOfAttempt } from "../policy/epsilon-budget.ts";
import { completeFallback } from "../policy/fallback/fallback-rules.ts";
import { DEFAULT_HEALTH_POLICY } from "../policy/health/health-settings.ts";
import { expectationOf } from "../policy/health/link-expectation.ts";
import type { SiteRole } from "../pool/key-pool.ts";
import { openKeyPool } from "../pool/sqlite/open-key-pool.ts";
import { createConnectedDistillation } from "../sources/distillation/index.ts";
import type { Controller } from "./controller.ts";
import type { ControllerOptions } from "./controller-options.ts";
import { checkControllerOptions } from "./controller-rules.ts";
import { LinkController } from "./link-controller.ts";

/**
 * Starts one site of a link: opens the key store, joins the other site, starts the key exchange and distils what
 * arrives. Rejects with ConfigError, KeyStoreError, PeerError or DeviceError when it cannot start; afterwards what goes
 * wrong is told by `failures$` and survived.
 */
export async function createController(options: ControllerOptions): Promise<Controller> {
  checkControllerOptions(options);
  const role: SiteRole = options.transceiver.identity.role === "qtx" ? "alice" : "bob";
  const linkId = options.linkId ?? options.transceiver.identity.linkId;
  const { peer: connect, peerListen: listen } = options;
  if ((connect === undefined) === (listen === undefined))
    throw new ConfigError("QKD_CONFIG_INVALID", "a site needs exactly one of peer and peerListen");
  checkPeerCredentials(options.credentials);
  completeLimits(DEFAULT_PEER_LIMITS, options.peerLimits ?? {}, "peer.limits");
  if (options.delivery !== undefined) checkDeliveryTls(options.delivery.tls);
  checkEpsilonBudget(options.epsilonBudget);
  const expected = expectationOf(options.distillation.link);
  const fallback = completeFallback(options.fallback);
  const store = await openKeyPool({
    path: options.store,
    keyFile: options.keyFile,
    site: role,
    linkId,
    linkSecret: options.secret,
    epsilonOfAttempt: {
      secrecy: options.distillation.epsilonSecrecy,
      correctness: options.distillation.epsilonCorrectness,
      authentication: 0,
    },
    ...(options.capacityBits === undefined ? {} : { capacityBits: options.capacityBits }),
    ...(options.redeliveryMs === undefined ? {} : { redeliveryMs: options.redeliveryMs }),
    ...(options.fetchTtlMs === undefined ? {} : { fetchTtlMs: options.fetchTtlMs }),
    ...(options.acceptDataJournal === undefined ? {} : { acceptDataJournal: options.acceptDataJournal }),
  });
  try {
    const distillation = await createConnectedDistillation({
      role,
      settings: options.distillation,
      connection: {
        introduction: { site: role, linkId, authRecovery: options.authRecovery ?? "manual" },
        credentials: options.credentials,
        secret: options.secret,
        ...(options.peerLimits === undefined ? {} : { limits: options.peerLimits }),
        ...(listen === undefined ? {} : { listen }),
        ...(connect === undefined ? {} : { connect }),
      },
      auth: store.auth,
      firstSequence: (await store.pool.highestSequence("qkd")) + 1,
      attempts: attemptsWithin(
        await store.ledger.totals(),
        options.epsilonBudget ?? {},
        costOfAttempt(options.distillation),
      ),
      ...(options.trace === undefined ? {} : { trace: options.trace }),
      ...(options.peerTap === undefined ? {} : { peerTap: options.peerTap }),
      ...(options.developmentSeed === undefined ? {} : { insecureSeed: options.developmentSeed }),
    });
    const site = new LinkController({
      options,
      role,
      linkId,
      store,
      storeOpening: await store.audit.opening(),
      distillation,
      health: { ...DEFAULT_HEALTH_POLICY, ...options.health, expected },
      fallback,
      hash: (await createKernels()).hash,
    });
    try {
      await site.start();
    } catch (error) {
      await site.close();
      throw error;
    }
    return site;
  } catch (error) {
    await store.pool.close();
    throw error;
  }
}
