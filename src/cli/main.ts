#!/usr/bin/env node
// The command line as a process. In: its arguments and streams. Out: the exit code that `run` gives.
import * as modules from "node:module";
import { toleratePipes } from "./terminal.ts";

// From Node 22 on an engine keeps what it compiled for the next start; what is loaded before is not in it.
(modules as { readonly enableCompileCache?: () => unknown }).enableCompileCache?.();
const { run } = await import("./program.ts");
toleratePipes();
process.exitCode = await run(process.argv.slice(2));
