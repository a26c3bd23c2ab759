import { readFileSync } from "node:fs";
import { GenericContainer, Wait } from "testcontainers";
import { ConfigError, EmulatorError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import { loadScenario } from "../scenario/load-scenario.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { CONTAINER_PORTS, containerCommand } from "./container-ports.ts";
import { ContainerPower } from "./container-power.ts";
import { type ContainerSettings, checkContainerSettings, settingArguments } from "./container-settings.ts";
import { freePorts } from "./free-ports.ts";
import { LogTail } from "./log-tail.ts";
import { StartedQkdLinkContainer } from "./started-qkdlink-container.ts";

/** The image that the Dockerfile at the top of the project makes: `docker build -t qkdlink-emulator .` */
export const DEFAULT_IMAGE = "qkdlink-emulator";
const SCENARIO_FILE = "/scenario.yaml";

/**
 * An emulated pair of transceivers in a container, for test suites on testcontainers. It exposes both devices (TCP and
 * Modbus) and the control port, and has started once all of them listen.
 *
 * Settings are checked when they are given: ConfigError names the field, the value and the allowed range.
 */
export class QkdLinkContainer extends GenericContainer {
  #settings: ContainerSettings = {};
  #stableAddresses = false;
  #created: ContainerPower | undefined;
  #tail = new LogTail();

  constructor(image: string = DEFAULT_IMAGE) {
    checkArgument("image", image, rule.text("the name of an image"));
    super(image);
    this.withExposedPorts(...Object.values(CONTAINER_PORTS));
    this.withWaitStrategy(Wait.forLogMessage(/^ready\s*$/));
  }

  /** A scenario: an object, the name of a ready-made one, or a file of this machine (YAML or JSON). */
  withScenario(scenario: Scenario | string): this {
    loadScenario(scenario);
    const isFile = typeof scenario === "string" && /[/\\]|\.(ya?ml|json)$/i.test(scenario);
    if (typeof scenario === "string" && !isFile) return this.#set({ scenario });
    const content = isFile ? readFileSync(scenario, "utf8") : JSON.stringify(scenario);
    this.withCopyContentToContainer([{ content, target: SCENARIO_FILE, mode: 0o444 }]);
    return this.#set({ scenario: SCENARIO_FILE });
  }

  /** Every random draw comes from it: two containers with one seed give the same raw keys. */
  withSeed(seed: bigint | number): this {
    return this.#set({ seed });
  }

  /** Link time against the wall clock: `real`, `max` (as fast as the drivers take raw keys) or a factor. */
  withSpeed(speed: "real" | "max" | number): this {
    return this.#set({ speed });
  }

  /** Parameters of a published system; `yuan2018` unless told. */
  withPreset(preset: string): this {
    return this.#set({ preset });
  }

  /** Loss of the fibre with its connectors, dB. */
  withLossDb(lossDb: number): this {
    return this.#set({ lossDb });
  }

  /** Gates per second, instead of the preset's: a slow clock spares the processor. */
  withClockHz(clockHz: number): this {
    return this.#set({ clockHz });
  }

  /**
   * Takes free ports of this machine and keeps them through restarts and network cuts, which otherwise move the
   * addresses: for tests in which a driver has to find its device again.
   */
  withStableAddresses(): this {
    this.#stableAddresses = true;
    return this;
  }

  /**
   * @throws EmulatorError QKD_EMULATOR_CONTAINER when it does not get ready, with the last line that it printed;
   * nothing is left behind then.
   */
  override async start(): Promise<StartedQkdLinkContainer> {
    try {
      return new StartedQkdLinkContainer(await super.start(), this.#stableAddresses);
    } catch (cause) {
      await this.#created?.remove();
      const said = this.#tail.last;
      const why = said ?? (cause instanceof Error ? cause.message : String(cause));
      throw new EmulatorError(
        "QKD_EMULATOR_CONTAINER",
        `The emulator in a container of ${this.imageName.string} does not start: ${why}`,
        { cause, context: { image: this.imageName.string } },
      );
    }
  }

  protected override async containerCreated(containerId: string): Promise<void> {
    this.#created = new ContainerPower(containerId);
    this.#tail = new LogTail();
    await this.#tail.follow(containerId);
  }

  protected override async beforeContainerCreated(): Promise<void> {
    this.withCommand([...containerCommand(), ...settingArguments(this.#settings)]);
    if (!this.#stableAddresses) return;
    const inside = Object.values(CONTAINER_PORTS);
    const outside = await freePorts(inside.length);
    this.hostConfig.PortBindings = {
      ...this.hostConfig.PortBindings,
      ...Object.fromEntries(inside.map((port, i) => [`${port}/tcp`, [{ HostPort: String(outside[i]) }]])),
    };
  }

  #set(settings: ContainerSettings): this {
    const all = { ...this.#settings, ...settings };
    checkContainerSettings(all);
    if (all.scenario !== undefined && (all.preset !== undefined || all.lossDb !== undefined))
      throw new ConfigError(
        "QKD_CONFIG_INVALID",
        "a scenario states the preset and the loss of its link itself",
        {
          context: { field: all.preset === undefined ? "lossDb" : "preset" },
          remedy: "leave out withPreset and withLossDb, or change the scenario",
        },
      );
    this.#settings = all;
    return this;
  }
}
