import { type OpenedTransceiver, openTransceiver, type TransceiverOptions } from "../drivers/index.ts";
import { QkdError } from "../errors/index.ts";

/**
 * Opens a transceiver that may come up later than this site: failures that time may mend are told, each attempt's, and
 * the next follows. Rejects with what no waiting mends, and when `signal` aborts.
 */
export async function openPatiently(
  address: string,
  options: TransceiverOptions & { readonly signal: AbortSignal },
  told: (error: QkdError) => void,
): Promise<OpenedTransceiver> {
  for (;;)
    try {
      return await openTransceiver(address, options);
    } catch (error) {
      if (options.signal.aborted || !(error instanceof QkdError) || !error.retryable) throw error;
      told(error);
    }
}
