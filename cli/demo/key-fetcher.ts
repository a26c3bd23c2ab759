import { join } from "node:path";
import { DeliveryError } from "../../errors/index.ts";
import { DEMO_SAE } from "../development/demo-files.ts";
import { KeyClient } from "../key-client.ts";

/** The demo's two applications: one takes keys at Alice's site, the other fetches the same keys at Bob's. */
export class KeyFetcher {
  readonly #alice: KeyClient;
  readonly #bob: KeyClient;

  constructor(root: string, urls: { readonly alice: string; readonly bob: string }) {
    const client = (url: string, sae: string) =>
      new KeyClient({
        url,
        cert: join(root, `${sae}.pem`),
        key: join(root, `${sae}.key`),
        ca: join(root, "ca.pem"),
        timeoutMs: 5000,
      });
    this.#alice = client(urls.alice, DEMO_SAE.alice);
    this.#bob = client(urls.bob, DEMO_SAE.bob);
  }

  /** Takes `count` keys at Alice's site and fetches them at Bob's; null while there are too few keys. */
  async round(count: number): Promise<{ readonly delivered: number; readonly identical: boolean } | null> {
    try {
      const taken = await this.#alice.take(DEMO_SAE.bob, { number: count, size: 256 });
      const fetched = await this.#bob.fetch(
        DEMO_SAE.alice,
        taken.map(({ key_ID }) => key_ID),
      );
      const found = new Map(fetched.map(({ key_ID, key }) => [key_ID, key]));
      const identical = taken.length === count && taken.every(({ key_ID, key }) => found.get(key_ID) === key);
      return { delivered: taken.length, identical };
    } catch (error) {
      if (error instanceof DeliveryError && error.code === "QKD_DELIVERY_UNAVAILABLE") return null;
      throw error;
    }
  }
}
