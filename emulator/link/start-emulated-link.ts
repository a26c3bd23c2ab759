import { ConfigError } from "../../errors/index.ts";
import { loadKernels } from "../../kernels/index.ts";
import { checkLinkParameters, type LinkParameters, linkPreset } from "../../physics/index.ts";
import type { HappeningNews } from "../happenings/happening-news.ts";
import type { Happening } from "../happenings/happenings.ts";
import type { SiteName } from "../happenings/site-name.ts";
import type { OpticsConditions } from "../optics/conditions.ts";
import type { FrameTruth } from "../optics/truth/frame-truth.ts";
import { parseListenAddress } from "../ports/listen-address.ts";
import type { Port } from "../ports/port.ts";
import type { CompiledScenario } from "../scenario/compiled-scenario.ts";
import { loadScenario } from "../scenario/load-scenario.ts";
import { barePlan } from "./bare-plan.ts";
import { listenControl } from "./control/control-port.ts";
import { checkEmulatedLinkOptions, type EmulatedLinkOptions } from "./emulated-link-options.ts";
import { EmulatedPair } from "./emulated-pair.ts";
import { seedOf } from "./link-seed.ts";
import { type DeviceAddresses, openPorts } from "./open-ports.ts";

const DEFAULT_PRESET = "yuan2018";

/** An emulated link that runs. */
export interface EmulatedLink {
  readonly addresses: {
    readonly alice: DeviceAddresses;
    readonly bob: DeviceAddresses;
    readonly control?: string;
  };
  readonly link: LinkParameters;
  /** The scenario that is played, if any. */
  readonly scenario?: { readonly name: string; readonly title: string; readonly durationS: number };
  readonly faults: {
    /**
     * Something happens: an event as a timeline has it, without its `at`, or a setting. Resolves when the light obeys;
     * ConfigError for the impossible, which changes nothing.
     */
    apply(happening: Happening): Promise<void>;
    /** Loss of the whole fibre. */
    loss(db: number): Promise<void>;
    cut(): Promise<void>;
    repair(): Promise<void>;
    laser(on: boolean): Promise<void>;
    /** Eve measures and resends this fraction, or with 0 nothing any more, choosing Z with probability `basisBias` (0.5 by default). */
    eve(fraction: number, basisBias?: number): Promise<void>;
    ambient(site: SiteName, celsius: number): Promise<void>;
  };
  readonly truth: {
    /** Conditions that the light obeys now. */
    readonly conditions: OpticsConditions;
    /** What happened in a frame; undefined without the option `truth` and for frames long past. */
    frame(frameId: number): FrameTruth | undefined;
  };
  /**
   * Lives through `ms` of link time at speed `manual`, rounded to steps of 100 ms; at other speeds waits until it has
   * passed. During a key exchange without credit it waits for the client's next grant, as virtual time does.
   */
  advance(ms: number): Promise<void>;
  stats(): ReturnType<EmulatedPair["stats"]>;
  /** Closes every port and ends every thread. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts an emulated pair of transceivers. Resolves when every port listens. Throws ConfigError for impossible
 * options, TransportError for ports that cannot be opened; nothing stays open then.
 */
export async function startEmulatedLink(options: EmulatedLinkOptions = {}): Promise<EmulatedLink> {
  checkEmulatedLinkOptions(options);
  const scenario = scenarioOf(options);
  const link = scenario?.link ?? linkOf(options);
  const soloAfterMs = options.soloAfterMs ?? 2000;
  const speed = options.speed ?? "real";
  // Refused before anything is started; they are read again where they are opened.
  for (const address of [...(options.listen?.alice ?? []), ...(options.listen?.bob ?? [])])
    parseListenAddress(address);
  await loadKernels();
  const drift = options.drift ?? scenario?.drift ?? "usual";
  const { quantumWavelengthNm, fibreDbPerKm } = linkPreset(options.preset ?? DEFAULT_PRESET);
  const pair = new EmulatedPair({
    link,
    drifts: drift === "usual",
    plan: barePlan(quantumWavelengthNm, link.channelLossDb / fibreDbPerKm),
    seed: seedOf(options.seed ?? scenario?.seed),
    speed,
    truth: options.truth ?? false,
    soloAfterMs,
    scenario,
    onHappening: listenerOf(options),
  });
  const opened: Port[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= Promise.all(opened.map((port) => port.close())).then(() => pair.close());
    return stopping;
  };
  try {
    await pair.start();
    const alice = await openPorts(pair.alice, pair.wires.alice, options.listen?.alice, opened);
    const bob = await openPorts(pair.bob, pair.wires.bob, options.listen?.bob, opened);
    const control = options.control === undefined ? undefined : await listenControl(options.control, pair);
    if (control !== undefined) opened.push(control);
    return {
      addresses: { alice, bob, ...(control === undefined ? {} : { control: control.address }) },
      link,
      ...(scenario === undefined ? {} : { scenario: summaryOf(scenario) }),
      faults: faultsOf(pair),
      truth: {
        get conditions() {
          return pair.conditions;
        },
        frame: (frameId) => pair.truthOf(frameId),
      },
      advance: (ms) => (speed === "manual" ? pair.advance(ms) : untilPassed(pair, ms)),
      stats: () => pair.stats(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The scenario asked for, with everything worked out. Throws ConfigError also beside options that it speaks for. */
function scenarioOf(options: EmulatedLinkOptions): CompiledScenario | undefined {
  const { scenario, clockHz } = options;
  if (scenario === undefined) return undefined;
  for (const field of ["preset", "link", "lossDb"] as const)
    if (options[field] !== undefined)
      throw new ConfigError("QKD_CONFIG_INVALID", `a scenario already says what ${field} is`, {
        context: { field },
        remedy: `leave out ${field}, or the scenario`,
      });
  return loadScenario(scenario, clockHz === undefined ? {} : { clockHz });
}

/** A listener that throws must not stop the clock of the link, and is not hushed up either. */
function listenerOf({ onHappening }: EmulatedLinkOptions): ((news: HappeningNews) => void) | undefined {
  if (onHappening === undefined) return undefined;
  return (news) => {
    try {
      onHappening(news);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}

function linkOf({ preset, link, lossDb, clockHz }: EmulatedLinkOptions): LinkParameters {
  const base = linkPreset(preset ?? DEFAULT_PRESET).link;
  const parameters: LinkParameters = {
    ...base,
    channelLossDb: lossDb ?? 10,
    ...(clockHz === undefined ? {} : { clockHz }),
    ...link,
  };
  checkLinkParameters(parameters);
  return parameters;
}

const summaryOf = ({ name, title, durationS }: CompiledScenario) => ({ name, title, durationS });

function faultsOf(pair: EmulatedPair): EmulatedLink["faults"] {
  const apply = (happening: Happening): Promise<void> => pair.happen(happening);
  return {
    apply,
    loss: (db) => apply({ event: "fibreLoss", db }),
    cut: () => apply({ event: "cut" }),
    repair: () => apply({ event: "repair" }),
    laser: (on) => apply(on ? { event: "end", of: "laserFailure" } : { event: "laserFailure" }),
    eve: (fraction, basisBias = 0.5) =>
      apply(
        fraction === 0
          ? { event: "end", of: "interceptResend" }
          : { event: "interceptResend", fraction, basisBias },
      ),
    ambient: (site, celsius) => apply({ event: "ambient", site, celsius }),
  };
}

async function untilPassed(pair: EmulatedPair, ms: number): Promise<void> {
  const end = pair.linkS + ms / 1000;
  while (pair.linkS < end && !pair.closed) await new Promise((resolve) => setTimeout(resolve, 20));
}
