import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { KeyStore, type Outcome } from "./key-store.ts";
import { type StoreReply, type StoreRequest, type StoreWorkerData, toPlainError } from "./store-messages.ts";

/** Calls that share one commit, at most. */
const GROUP = 64;

const { settings, sweepEveryMs } = workerData as StoreWorkerData;
if (parentPort === null) throw new Error("store-worker runs in a worker thread");
const port = parentPort;

function reply(message: StoreReply): void {
  port.postMessage(message);
}

function serve(store: KeyStore): void {
  let rest: NodeJS.Timeout;
  const sweep = (): void => {
    let more = false;
    try {
      more = store.sweep();
    } catch {
      // A sweep that fails (a full disk) is tried again; calls report the trouble to their callers.
    }
    rest = setTimeout(sweep, more ? Math.min(20, sweepEveryMs) : sweepEveryMs);
  };
  rest = setTimeout(sweep, sweepEveryMs);

  port.on("message", (first: StoreRequest) => {
    const requests = [first];
    while (requests.length < GROUP) {
      const next = receiveMessageOnPort(port) as { message: StoreRequest } | undefined;
      if (next === undefined) break;
      requests.push(next.message);
    }
    answer(store, requests);
    const close = requests.find((request) => request.method === "close");
    if (close === undefined) return;
    clearTimeout(rest);
    store.close();
    reply({ id: close.id, value: null });
    port.close();
  });
}

function answer(store: KeyStore, requests: readonly StoreRequest[]): void {
  const calls = requests.filter((request) => request.method !== "close");
  const works = calls.map(
    ({ method, args }) =>
      () =>
        invoke(store, method, args),
  );
  const outcomes = works.length === 0 ? [] : withRelief(store, works);
  for (const [index, { id }] of calls.entries()) {
    const outcome = outcomes[index] as Outcome<unknown>;
    reply("error" in outcome ? { id, error: toPlainError(outcome.error) } : { id, value: outcome.value });
  }
}

/** A full disk may hold a long write-ahead log: empty it and try once more. */
function withRelief(store: KeyStore, works: readonly (() => unknown)[]): Outcome<unknown>[] {
  const outcomes = store.transact(works);
  if (!outcomes.some(isFull)) return outcomes;
  try {
    store.relieve();
  } catch {
    return outcomes;
  }
  return outcomes.map((outcome, index) => {
    const work = works[index];
    return isFull(outcome) && work !== undefined ? (store.transact([work])[0] ?? outcome) : outcome;
  });
}

function isFull(outcome: Outcome<unknown>): boolean {
  return "error" in outcome && toPlainError(outcome.error).code === "QKD_KEYSTORE_FULL";
}

function invoke(
  store: KeyStore,
  method: Exclude<StoreRequest["method"], "close">,
  args: readonly unknown[],
): unknown {
  const call = store[method] as (...values: readonly unknown[]) => unknown;
  return call.apply(store, [...args]);
}

try {
  const store = new KeyStore(settings);
  settings.kek.fill(0);
  settings.linkSecret.fill(0);
  serve(store);
  reply({ id: 0, value: null });
} catch (error) {
  reply({ id: 0, error: toPlainError(error) });
  port.close();
}
