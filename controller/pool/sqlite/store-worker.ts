import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { InternalError } from "../../../errors/index.ts";
import { CALLS_PER_COMMIT, CommittedStore } from "./committed-store.ts";
import { type StoreReply, type StoreRequest, type StoreThreadData, toPlainError } from "./store-messages.ts";
import { wipeCopy } from "./wipe-copy.ts";

if (parentPort === null) throw new InternalError("QKD_INTERNAL", "store-worker runs in a worker thread");
const port = parentPort;

/** Begins all calls that wait together with the first, so that they share a commit. */
function serveAll(store: CommittedStore, first: StoreRequest): void {
  void serve(store, first);
  for (let begun = 1; begun < CALLS_PER_COMMIT; begun += 1) {
    const next = receiveMessageOnPort(port) as { readonly message: StoreRequest } | undefined;
    if (next === undefined) return;
    void serve(store, next.message);
  }
}

/** Does one call and answers it; this thread's copies of key bytes are zeroed afterwards. */
async function serve(store: CommittedStore, request: StoreRequest): Promise<void> {
  const { id } = request;
  try {
    const value = await answerTo(store, request);
    send({ id, value });
    wipe(value);
  } catch (error) {
    send({ id, error: toPlainError(error) });
  } finally {
    if ("call" in request) wipeCopy(request.call.args);
    else if ("open" in request) request.open.linkSecret.fill(0);
  }
  if ("call" in request && request.call.part === "pool" && request.call.name === "close") port.close();
}

function answerTo(store: CommittedStore, request: StoreRequest): Promise<unknown> {
  if ("open" in request) return store.open(request.open);
  return "shut" in request ? store.shut(request.shut) : store.carry(request.call, request.pair);
}

function wipe(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof Uint8Array) value.fill(0);
  else if (Array.isArray(value)) for (const each of value) wipe(each);
  else for (const name in value) wipe((value as Record<string, unknown>)[name]);
}

function send(reply: StoreReply): void {
  port.postMessage(reply);
}

const { settings, sweepEveryMs } = workerData as StoreThreadData;
try {
  const store = new CommittedStore(settings, sweepEveryMs);
  settings.kek.fill(0);
  settings.linkSecret.fill(0);
  port.on("message", (first: StoreRequest) => serveAll(store, first));
  send({ id: 0, value: null });
} catch (error) {
  send({ id: 0, error: toPlainError(error) });
  port.close();
}
