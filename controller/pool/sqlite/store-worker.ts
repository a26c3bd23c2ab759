import { parentPort, workerData } from "node:worker_threads";
import { CommittedStore } from "./committed-store.ts";
import { packSecrets, unpackSecrets, wipeSecrets } from "./secrets-between-threads.ts";
import { type StoreReply, type StoreRequest, type StoreThreadData, toPlainError } from "./store-messages.ts";

if (parentPort === null) throw new Error("store-worker runs in a worker thread");
const port = parentPort;

/** Does one call and answers it; this thread's copies of key bytes are zeroed afterwards. */
async function serve(store: CommittedStore, { id, call }: StoreRequest): Promise<void> {
  const args = call.args.map(unpackSecrets);
  try {
    const value = await store.carry({ part: call.part, name: call.name, args });
    send({ id, value: packSecrets(value) });
    wipeSecrets(value);
  } catch (error) {
    send({ id, error: toPlainError(error) });
  } finally {
    wipeSecrets(args);
  }
  if (call.part === "pool" && call.name === "close") port.close();
}

function send(reply: StoreReply): void {
  port.postMessage(reply);
}

const { settings, sweepEveryMs } = workerData as StoreThreadData;
try {
  const store = new CommittedStore(settings, sweepEveryMs);
  settings.kek.fill(0);
  settings.linkSecret.fill(0);
  port.on("message", (request: StoreRequest) => void serve(store, request));
  send({ id: 0, value: null });
} catch (error) {
  send({ id: 0, error: toPlainError(error) });
  port.close();
}
