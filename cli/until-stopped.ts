import type { Observable } from "rxjs";
import type { QkdError } from "../errors/index.ts";

/** Codes after which a site cannot go on. */
const FATAL: ReadonlySet<string> = new Set([
  "QKD_DISTILLATION_WORKER",
  "QKD_DEVICE_IDENTITY",
  "QKD_DEVICE_ROLE",
  "QKD_KEYSTORE_UNREADABLE",
]);

/**
 * Resolves at SIGINT or SIGTERM, and when the parent of a process started with an IPC channel is gone; rejects with the
 * first failure that ends the site.
 */
export function untilStopped(failures$: Observable<QkdError>): Promise<void> {
  return new Promise((resolve, reject) => {
    const failures = failures$.subscribe((error) => {
      if (!FATAL.has(error.code)) return;
      finish();
      reject(error);
    });
    const stop = () => {
      finish();
      resolve();
    };
    const finish = () => {
      failures.unsubscribe();
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      process.off("disconnect", stop);
    };
    process.channel?.unref();
    process.on("disconnect", stop);
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
