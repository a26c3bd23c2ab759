import { AbstractStartedContainer, type StartedTestContainer } from "testcontainers";
import { ConfigError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import type { Happening } from "../happenings/happenings.ts";
import { CONTAINER_PORTS, type ContainerPort } from "./container-ports.ts";
import { ContainerPower } from "./container-power.ts";
import { type ControlClient, controlClient } from "./control-client.ts";
import type { ControlState } from "./control-state.ts";

/** Where drivers reach one device in a container. */
export interface ContainerDevice {
  readonly tcp: string;
  readonly modbusTcp: string;
}

/** Where clients of a container find its devices and its control port. */
export interface ContainerAddresses {
  readonly alice: ContainerDevice;
  readonly bob: ContainerDevice;
  readonly control: string;
}

/** A container of the emulator that runs. `restart()` starts the same link from its first gate. */
export class StartedQkdLinkContainer extends AbstractStartedContainer {
  readonly #power: ContainerPower;
  readonly #stableAddresses: boolean;

  constructor(container: StartedTestContainer, stableAddresses: boolean) {
    checkArgument("container", container, rule.having(["getId"], "a container that runs"));
    checkArgument("stableAddresses", stableAddresses, rule.flag);
    super(container);
    this.#power = new ContainerPower(container.getId());
    this.#stableAddresses = stableAddresses;
  }

  /** Where clients on this machine find everything. A restart moves it unless `withStableAddresses` was asked for. */
  get addresses(): ContainerAddresses {
    const at = (port: ContainerPort): string => {
      const host = this.getHost();
      return `${host.includes(":") ? `[${host}]` : host}:${this.getMappedPort(CONTAINER_PORTS[port])}`;
    };
    return {
      alice: { tcp: `tcp://${at("alice")}`, modbusTcp: `modbus+tcp://${at("aliceModbus")}?unit=1` },
      bob: { tcp: `tcp://${at("bob")}`, modbusTcp: `modbus+tcp://${at("bobModbus")}?unit=1` },
      control: `http://${at("control")}`,
    };
  }

  /** Something happens to the link: loss, a cut, Eve, heat, wires. Throws as `ControlClient.fault` does. */
  async control(happening: Happening): Promise<void> {
    await this.#client.fault(happening);
  }

  /** What both devices and the link between them are doing. */
  async state(): Promise<ControlState> {
    return this.#client.state();
  }

  /** Freezes every process: connections stay open, nothing answers. */
  async pause(): Promise<void> {
    await this.#power.pause();
  }

  async unpause(): Promise<void> {
    await this.#power.unpause();
  }

  /** Power failure: ends every process without notice. `restart()` brings it back. */
  async kill(): Promise<void> {
    await this.#power.kill();
  }

  /**
   * Pulls the network cable: neither side is told. Needs `withStableAddresses`.
   * @throws ConfigError QKD_CONFIG_INVALID without it.
   */
  async cutNetwork(): Promise<void> {
    if (!this.#stableAddresses)
      throw new ConfigError(
        "QKD_CONFIG_INVALID",
        "Without stable addresses nobody finds the devices after a cut",
        {
          remedy: "call withStableAddresses before start",
        },
      );
    await this.#power.disconnect();
  }

  /** Plugs the network in again, after `cutNetwork`. */
  async restoreNetwork(): Promise<void> {
    await this.#power.reconnect();
  }

  get #client(): ControlClient {
    return controlClient(this.addresses.control);
  }
}
