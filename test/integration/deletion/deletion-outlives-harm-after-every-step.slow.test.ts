import { CUT_OFFS, cutOffSweeps, isShort } from "./cut-off-sweep.ts";

cutOffSweeps(CUT_OFFS.filter((cutOff) => !isShort(cutOff)));
