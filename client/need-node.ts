import { needNodeToLoad } from "../errors/index.ts";

// Imported first of all: what comes behind uses what older versions lack, in ways that would not say so.
needNodeToLoad(process);
