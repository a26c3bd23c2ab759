import { parentPort, workerData } from "node:worker_threads";
import { CommittedStore } from "./committed-store.ts";
import { type StoreReply, type StoreRequest, type StoreThreadData, toPlainError } from "./store-messages.ts";

if (parentPort === null) throw new Error("store-worker runs in a worker thread");
const port = parentPort;

/** Does one call and answers it; this thread's copies of key bytes are zeroed afterwards. */
async function serve(store: CommittedStore, { id, call }: StoreRequest): Promise<void> {
  try {
    const value = await store.carry(call);
    send({ id, value });
    wipe(value);
  } catch (error) {
    send({ id, error: toPlainError(error) });
  } finally {
    wipe(call.args);
  }
  if (call.part === "pool" && call.name === "close") port.close();
}

function wipe(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(0);
  else if (typeof value === "object" && value !== null) for (const each of Object.values(value)) wipe(each);
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
