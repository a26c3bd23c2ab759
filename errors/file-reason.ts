const REASONS: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EBUSY: "it is in use",
  EEXIST: "it is there already",
  EDQUOT: "the quota is used up",
  EFBIG: "it would be larger than a file may be",
  EIO: "the medium fails",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "there is no such file or folder",
  ENOSPC: "no space is left",
  ENOTDIR: "a part of its path is no folder",
  EPERM: "no permission",
  EROFS: "the file system may only be read",
};

/** Why the system refused a file, in words behind "cannot be read: "; the error's own sentence where there are none. */
export function fileReason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  const words = REASONS[code ?? ""];
  return words === undefined ? (message ?? String(cause)) : `${words} (${code})`;
}
