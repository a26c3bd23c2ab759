/** A number of bytes in words. */
export const byteCount = (bytes: number): string => (bytes === 1 ? "1 byte" : `${bytes} bytes`);
