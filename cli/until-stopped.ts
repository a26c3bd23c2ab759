import type { Observable } from "rxjs";
import type { QkdError } from "../errors/index.ts";
import type { StopRequest } from "./stop-request.ts";

/** Codes after which a site cannot go on. */
const FATAL: ReadonlySet<string> = new Set([
  "QKD_DISTILLATION_WORKER",
  "QKD_DEVICE_IDENTITY",
  "QKD_DEVICE_ROLE",
  "QKD_KEYSTORE_UNREADABLE",
]);

/** Resolves at a request to stop; rejects with the first failure that ends the site. */
export async function untilStopped(failures$: Observable<QkdError>, stop: StopRequest): Promise<void> {
  const fatal = Promise.withResolvers<never>();
  const failures = failures$.subscribe((error) => {
    if (FATAL.has(error.code)) fatal.reject(error);
  });
  try {
    await Promise.race([stop.made, fatal.promise]);
  } finally {
    failures.unsubscribe();
  }
}
