/** Whether nothing makes this file of `dist` any more. The page and the kernels are replaced whole by their own builders. */
export function isStale(path: string, exists: (source: string) => boolean): boolean {
  if (path.startsWith("web/") || path.startsWith("kernels/kernels.")) return false;
  if (path.endsWith(".md")) return true;
  const source = path.replace(/\.d\.ts$|\.js$/, ".ts");
  return /\.test\.ts$|-bench\.ts$/.test(source) || !exists(source);
}
