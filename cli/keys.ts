import { Command, Option } from "commander";
import { type DeliveredKey, KeyClient, type KeyStatus, type KeyWish } from "./key-client.ts";
import { wholeNumber } from "./whole-number.ts";

interface ClientFlags {
  readonly url: string;
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly timeout: number;
  readonly json?: true;
}

interface GetFlags extends ClientFlags {
  readonly number?: number;
  readonly size?: number;
  readonly acceptPqc?: true;
  readonly origin?: string;
}

type Write = (text: string) => void;

/**
 * `qkdlink keys`: asks an ETSI GS QKD 014 server; `write` takes what is printed. Keys are printed because the user
 * asked for them.
 */
export function keysCommand(write: Write = (text) => process.stdout.write(text)): Command {
  const command = new Command("keys").description("ask a key delivery server (ETSI GS QKD 014)");
  for (const sub of [statusCommand(write), getCommand(write), getByIdCommand(write)]) {
    command.addCommand(sub.exitOverride());
  }
  return command;
}

function statusCommand(write: Write): Command {
  return withServer(new Command("status").description("how many keys there are, and their limits"))
    .argument("<sae>", "SAE ID at the other site (slave)")
    .action(async (slave: string, flags: ClientFlags) => {
      const status = await asked(flags, (client) => client.status(slave));
      write(flags.json ? `${JSON.stringify(status)}\n` : statusLines(status));
    });
}

function getCommand(write: Write): Command {
  return withServer(new Command("get").description("take fresh keys to share with an SAE at the other site"))
    .argument("<sae>", "SAE ID at the other site (slave)")
    .option("--number <n>", "how many keys", wholeNumber)
    .option("--size <bits>", "bits per key", wholeNumber)
    .option("--accept-pqc", "take post-quantum keys where there are no QKD keys")
    .addOption(
      new Option("--origin <origin>", "take keys of this origin only").choices([
        "qkd",
        "relay",
        "hybrid",
        "pqc",
      ]),
    )
    .action(async (slave: string, flags: GetFlags) => {
      const wish: KeyWish = {
        ...(flags.number !== undefined && { number: flags.number }),
        ...(flags.size !== undefined && { size: flags.size }),
        ...(flags.acceptPqc && { acceptPqc: true }),
        ...(flags.origin !== undefined && { origin: flags.origin }),
      };
      printKeys(await asked(flags, (client) => client.take(slave, wish)), flags, write);
    });
}

function getByIdCommand(write: Write): Command {
  return withServer(new Command("get-by-id").description("fetch the keys that an SAE at the other site took"))
    .argument("<sae>", "SAE ID at the other site (master)")
    .argument("<key-id...>", "key IDs")
    .action(async (master: string, keyIds: string[], flags: ClientFlags) => {
      printKeys(await asked(flags, (client) => client.fetch(master, keyIds)), flags, write);
    });
}

function withServer(command: Command): Command {
  return command
    .requiredOption("--url <url>", "https://host:port of the key server")
    .requiredOption("--cert <file>", "certificate of this SAE (PEM)")
    .requiredOption("--key <file>", "private key of this SAE (PEM)")
    .requiredOption("--ca <file>", "authority of the server's certificate (PEM)")
    .option("--timeout <ms>", "longest wait for an answer", wholeNumber, 10_000)
    .option("--json", "print one JSON line");
}

function asked<T>(
  { url, cert, key, ca, timeout }: ClientFlags,
  ask: (client: KeyClient) => Promise<T>,
): Promise<T> {
  return ask(new KeyClient({ url, cert, key, ca, timeoutMs: timeout }));
}

function printKeys(keys: readonly DeliveredKey[], { json }: ClientFlags, write: Write): void {
  if (json) write(`${JSON.stringify({ keys })}\n`);
  else for (const key of keys) write(`${keyLine(key)}\n`);
}

function keyLine({ key_ID, key, key_extension }: DeliveredKey): string {
  const { qkdlink_origin: origin, qkdlink_auth: auth } = key_extension ?? {};
  const told = [origin, auth].filter((word) => typeof word === "string");
  return [key_ID, key, ...told].join(" ");
}

function statusLines(status: KeyStatus): string {
  return Object.entries(status)
    .map(
      ([name, value]) => `${name.padEnd(20)} ${typeof value === "object" ? JSON.stringify(value) : value}\n`,
    )
    .join("");
}
