// The declarations speak of Node.js: since TypeScript 6 a program that names no types of its own has not got them.
/// <reference types="node" preserve="true" />
import { needNodeToLoad } from "../errors/index.ts";

// Imported first of all: what comes behind uses what older versions lack, in ways that would not say so.
needNodeToLoad(process);
