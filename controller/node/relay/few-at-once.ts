import { KeyStoreError } from "../../../errors/index.ts";

/** Asks for bits of key and waits for them. */
type Waiting = (bits: number) => Promise<void>;

/** The same for so many at once; whoever comes on top is refused with QKD_KEYSTORE_EXHAUSTED and waits for nothing. */
export function fewAtOnce(most: number, wait: Waiting): Waiting {
  let waiting = 0;
  return async (bits) => {
    if (waiting >= most)
      throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "too many wait for relayed key", { retryable: true });
    waiting += 1;
    try {
      await wait(bits);
    } finally {
      waiting -= 1;
    }
  };
}
