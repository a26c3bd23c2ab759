import { ConfigError } from "../../errors/index.ts";

/** A seed of 64 bits, 1 where none is given. ConfigError QKD_CONFIG_INVALID for what is none. */
export function seedOf(seed: bigint | number | undefined): bigint {
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) throw badSeed(seed);
  const value = BigInt(seed ?? 1);
  if (value < 0n || value >= 1n << 64n) throw badSeed(value);
  return value;
}

function badSeed(seed: bigint | number): ConfigError {
  return new ConfigError(
    "QKD_CONFIG_INVALID",
    `the seed ${seed} is none: it must be a whole number of 64 bits`,
    {
      context: { field: "seed", value: seed },
    },
  );
}
