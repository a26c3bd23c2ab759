import { crc32 } from "node:zlib";
import { Command, Option } from "commander";
import {
  type Decoded,
  decodeModbus,
  decodePeer,
  decodeSession,
  PacketDecoder,
  type Plane,
} from "../capture/index.ts";
import { ConfigError } from "../errors/index.ts";
import { writeDissector } from "./recording/dissector-file.ts";
import { LineOutput } from "./recording/line-output.ts";
import { type PacketWish, timeNs, wanted, wantedKind } from "./recording/packet-filter.ts";
import { decodedJson, decodedText, packetJson, packetText } from "./recording/packet-text.ts";
import { bytesOf, isCapture, openInput, packetsOf } from "./recording/read-input.ts";
import { wholeNumber } from "./whole-number.ts";

interface DecodeFlags {
  readonly unit?: readonly number[];
  readonly kind?: readonly string[];
  readonly plane?: Plane;
  readonly from?: bigint;
  readonly to?: bigint;
  readonly brief?: boolean;
  readonly json?: boolean;
  readonly lua?: string;
}

/** `qkdlink decode`: recordings and bytes in words. */
export function decodeCommand(): Command {
  return new Command("decode")
    .description("print recordings, or frames given as hexadecimal digits, in words")
    .argument(
      "[file]",
      "a recording (pcapng), a file of hexadecimal digits or raw bytes; - for standard input",
    )
    .option("--unit <n>", "packets of this unit, repeatable", unit)
    .option("--kind <name>", "messages of this name or kind (status, event, damaged), repeatable", several)
    .addOption(new Option("--plane <plane>", "one plane alone").choices(["session", "modbus", "peer"]))
    .option("--from <time>", "packets from this time on, UTC: 2026-11-30T02:26", timeNs)
    .option("--to <time>", "packets up to this time", timeNs)
    .option("--brief", "one line a packet, without its fields")
    .option("--json", "one JSON line a packet")
    .option(
      "--lua <file>",
      "write the Wireshark dissector to this file (- for standard output), and nothing else",
    )
    .action(async (file: string | undefined, flags: DecodeFlags) => {
      if (flags.lua !== undefined) {
        writeDissector(flags.lua);
        return;
      }
      if (file === undefined) throw new ConfigError("QKD_USAGE", "name a recording, or - for standard input");
      const { from, to, brief: _, json: __, lua: ___, ...rest } = flags;
      const wish: PacketWish = {
        ...rest,
        ...(from === undefined ? {} : { fromNs: from }),
        ...(to === undefined ? {} : { toNs: to }),
      };
      await decode(file, wish, flags);
    });
}

async function decode(
  file: string,
  wish: PacketWish,
  { brief = false, json = false }: DecodeFlags,
): Promise<void> {
  const out = new LineOutput();
  const input = await openInput(file);
  if (!isCapture(input)) {
    for (const decoded of decodeBytes(await bytesOf(input), wish.plane ?? "session"))
      if (wantedKind(decoded, wish))
        await out.write(json ? decodedJson(decoded) : decodedText(decoded, brief));
    return;
  }
  const decoder = new PacketDecoder({ crc32 });
  for await (const packet of packetsOf(file, input, wish.fromNs)) {
    for (const decoded of decoder.decode(packet))
      if (wanted(decoded, wish)) await out.write(json ? packetJson(decoded) : packetText(decoded, brief));
    if (out.lost) return;
  }
}

/** Bytes without a recording around them: of Modbus one frame, and nobody knows who sent it. */
function decodeBytes(bytes: Uint8Array, plane: Plane): readonly Decoded[] {
  if (plane === "peer") return decodePeer(bytes);
  return plane === "modbus" ? [decodeModbus(bytes, "toDevice", undefined)] : decodeSession(bytes, { crc32 });
}

function unit(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, wholeNumber(text)];
}

function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
