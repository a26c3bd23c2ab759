import { stripTypeScriptTypes } from "node:module";
import type { Breach } from "./breach.ts";

/** A source with its breach, or why the breach cannot be planted. */
export type Planted = { readonly source: string } | { readonly fault: string };

/**
 * The source of the breach's file with the breach in it. What is not found or found twice is a fault, and so is what is no
 * program afterwards: tests would fail for another reason than the breach.
 */
export function plant(source: string, { find, replace }: Breach): Planted {
  const at = source.indexOf(find);
  if (find === "" || at < 0) return { fault: "the text to break is not found" };
  if (source.indexOf(find, at + 1) >= 0) return { fault: "the text to break occurs more than once" };
  if (find === replace) return { fault: "the breach changes nothing" };
  const broken = source.slice(0, at) + replace + source.slice(at + find.length);
  try {
    stripTypeScriptTypes(broken);
  } catch (error) {
    return { fault: `what is planted is no TypeScript: ${error instanceof Error ? error.message : error}` };
  }
  return { source: broken };
}
