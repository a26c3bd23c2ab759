import { InternalError } from "../../../errors/index.ts";
import type { Database } from "./database.ts";

/** Which link a number of a pair stands for; read once, since neither changes. */
export class LinkIds {
  readonly #db: Database;
  readonly #known = new Map<number, string>();

  constructor(db: Database) {
    this.#db = db;
  }

  of(pair: number): string {
    let linkId = this.#known.get(pair);
    if (linkId === undefined) {
      linkId = this.#db.one<{ link_id: string }>("SELECT link_id FROM pair WHERE id = ?", pair)?.link_id;
      if (linkId === undefined) throw new InternalError("QKD_INTERNAL", "a block belongs to a pair");
      this.#known.set(pair, linkId);
    }
    return linkId;
  }
}
