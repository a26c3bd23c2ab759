import { getContainerRuntimeClient } from "testcontainers";

/** A network that a container was on, as the engine needs it to put the container back. */
interface Attachment {
  readonly network: string;
  readonly aliases: readonly string[];
}

/** Power and network of one container. */
export class ContainerPower {
  readonly #id: string;
  #cutFrom: Attachment[] = [];

  constructor(id: string) {
    this.#id = id;
  }

  async pause(): Promise<void> {
    await (await this.#container()).pause();
  }

  async unpause(): Promise<void> {
    await (await this.#container()).unpause();
  }

  /** Resolves when the container has ended. */
  async kill(): Promise<void> {
    const container = await this.#container();
    const ended = container.wait();
    await container.kill();
    await ended;
  }

  /** Removes the container, if it is still there. */
  async remove(): Promise<void> {
    await (await this.#container()).remove({ force: true, v: true }).catch(() => {});
  }

  /** Takes the container off every network. */
  async disconnect(): Promise<void> {
    const { network } = await getContainerRuntimeClient();
    const { NetworkSettings } = await (await this.#container()).inspect();
    for (const [name, { Aliases }] of Object.entries(NetworkSettings.Networks)) {
      await network.getById(name).disconnect({ Container: this.#id });
      this.#cutFrom.push({ network: name, aliases: (Aliases ?? []) as string[] });
    }
  }

  /** Puts the container back on the networks that `disconnect` took it off. */
  async reconnect(): Promise<void> {
    const { network } = await getContainerRuntimeClient();
    for (const { network: name, aliases } of this.#cutFrom.splice(0)) {
      // The default network knows no aliases.
      const config = name === "bridge" ? {} : { EndpointConfig: { Aliases: [...aliases] } };
      await network.getById(name).connect({ Container: this.#id, ...config });
    }
  }

  async #container() {
    const { container } = await getContainerRuntimeClient();
    return container.getById(this.#id);
  }
}
