import { describe } from "vitest";
import { DEFECTS, type Defect } from "./broken-kme.ts";
import { defectsAreFound, examinations, FIRST_DEFECTS } from "./planted-defects.ts";

describe("qkdlink doctor", () =>
  defectsAreFound(
    examinations(),
    (Object.keys(DEFECTS) as Defect[]).filter((defect) => !FIRST_DEFECTS.includes(defect)),
  ));
