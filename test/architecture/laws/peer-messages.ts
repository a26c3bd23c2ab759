interface Source {
  readonly path: string;
  readonly text: string;
}

const NUMBER = String.raw`(?:0[xbo][0-9a-f_]+|[1-9][\d_]*)\b`;
/** A kind compared with a number, a number sent or received as a kind, and a table of kinds. */
const KINDS = [
  new RegExp(String.raw`kinds?\b"?\s*(?:[=!]==|[<>]=?|=|:)\s*${NUMBER}`, "i"),
  new RegExp(String.raw`${NUMBER}\s*(?:[=!]==|[<>]=?)\s*(?:\w+\.)*\w*kinds?\b`, "i"),
  /\bcase\s+0x[0-9a-f]{2}\b/i,
  /[[,]\s*0x[0-9a-f]{2}\s*[\],][^;]*\bkinds?\b/i,
  new RegExp(String.raw`\b(?:on|inBlock|peerOwnerOf|peerMessageOf)\(\s*${NUMBER}`),
  new RegExp(String.raw`\b(?:send|receive)\(\s*${NUMBER}`),
  /\b\w+\s*:\s*0x[0-9a-f]{2}\b/i,
];

/** Lines that know the number of a message between controllers, which the catalogue in `protocol/peer` alone knows. */
export function peerKindNumbers(files: readonly Source[]): string[] {
  return files
    .filter(({ path }) => /^(controller|cli|bench)\//.test(path) && !path.endsWith(".test.ts"))
    .flatMap(({ path, text }) =>
      text
        .split("\n")
        .flatMap((line, index) =>
          KINDS.some((kind) => kind.test(line)) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
        ),
    );
}

/** Classes that put messages together or take them apart beside the field kit's one writer. */
export function byteCodecs(files: readonly Source[]): string[] {
  return files
    .filter(
      ({ path, text }) =>
        /\bclass\s+\w*Byte(?:Writer|Reader)\b/.test(text) && path !== "protocol/codec/byte-writer.ts",
    )
    .map(({ path }) => path);
}
