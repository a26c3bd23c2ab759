const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not take that port",
  EADDRINUSE: "another program does",
  EADDRNOTAVAIL: "no such address of this machine",
  ENOTFOUND: "no such host",
};

/** Why the system refused a listening port, in words behind "cannot listen on ADDRESS: ". */
export function listenReason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  const words = REASONS[code ?? ""];
  return words === undefined ? (message ?? String(cause)) : `${words} (${code})`;
}
