#!/usr/bin/env node
// The command line as a process. In: its arguments and streams. Out: the exit code that `run` gives.
import { run } from "./program.ts";
import { toleratePipes } from "./terminal.ts";

toleratePipes();
process.exitCode = await run(process.argv.slice(2));
