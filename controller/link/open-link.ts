import { ConfigError } from "../../errors/index.ts";
import { createKernels } from "../../kernels/index.ts";
import { completeLimits, DEFAULT_PEER_LIMITS } from "../listener/listener-limits.ts";
import { checkPeerCredentials } from "../peer/peer-credentials.ts";
import { checkEpsilonBudget } from "../policy/check-epsilon-budget.ts";
import { attemptsWithin, costOfAttempt } from "../policy/epsilon-budget.ts";
import { completeFallback } from "../policy/fallback/fallback-rules.ts";
import { DEFAULT_HEALTH_POLICY } from "../policy/health/health-settings.ts";
import { expectationOf } from "../policy/health/link-expectation.ts";
import type { OpenKeyPool, SiteRole } from "../pool/key-pool.ts";
import { createConnectedDistillation } from "../sources/distillation/index.ts";
import type { LinkOptions } from "./link-options.ts";
import { RunningLink, type RunningLinkParts } from "./running-link.ts";

/** An end of a link about to run. */
export interface LinkOpening
  extends Pick<RunningLinkParts, "end" | "storeOpening" | "ledgerBeside" | "guests"> {
  readonly options: LinkOptions;
  readonly linkId: string;
  readonly role: SiteRole;
  /** Of the pair of nodes that the link joins; stays the caller's to close. */
  readonly store: OpenKeyPool;
}

/** ConfigError for options that no link can be opened with, whatever device and store. */
export function checkLinkOptions({ peer, peerListen, ...options }: Omit<LinkOptions, "transceiver">): void {
  if ((peer === undefined) === (peerListen === undefined))
    throw new ConfigError("QKD_CONFIG_INVALID", "a site needs exactly one of peer and peerListen");
  checkPeerCredentials(options.credentials);
  completeLimits(DEFAULT_PEER_LIMITS, options.peerLimits ?? {}, "peer.limits");
  checkEpsilonBudget(options.epsilonBudget);
  expectationOf(options.distillation.link);
  completeFallback(options.fallback);
}

/** What an attempt at a block risks that ended with the site. */
export function epsilonOfAttempt({ distillation }: Pick<LinkOptions, "distillation">) {
  return {
    secrecy: distillation.epsilonSecrecy,
    correctness: distillation.epsilonCorrectness,
    authentication: 0,
  };
}

/**
 * Composes one end of a link; it does nothing yet. Rejects with ConfigError, PeerError or KernelError when that is
 * impossible.
 */
export async function openLink({
  options,
  role,
  end,
  linkId,
  store,
  ...rest
}: LinkOpening): Promise<RunningLink> {
  const { peer: connect, peerListen: listen } = options;
  const distillation = await createConnectedDistillation({
    role,
    settings: options.distillation,
    connection: {
      introduction: {
        site: role,
        end,
        linkId,
        authRecovery: options.authRecovery ?? "manual",
        kem: options.kem ?? "ML-KEM-768",
        combiner: options.combiner ?? "kdf",
      },
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
  return new RunningLink({
    options,
    role,
    end,
    linkId,
    store,
    ...rest,
    distillation,
    health: {
      ...DEFAULT_HEALTH_POLICY,
      ...options.health,
      expected: expectationOf(options.distillation.link),
    },
    fallback: completeFallback(options.fallback),
    hash: (await createKernels()).hash,
  });
}
