// A process that scores files, one after the other, as it is told: the first message has the model, every other a file.
import { CompileError, type Diagnostic } from "../../compiler/diagnostics/error.ts";
import type { Scorer, Session } from "./define.ts";
import { engines } from "./engines.ts";
import { type Asked, scoreOne } from "./one.ts";
import type { Pair } from "./outputs.ts";
import { type ModelParts, scorerOf } from "./scorer.ts";

/** What a worker is told first. */
export interface Setup {
  readonly engine: string;
  readonly threads: number;
  readonly model: ModelParts;
  readonly asked: Asked;
  readonly hash: string;
  readonly memory?: number;
}
/** What it says. */
export type Said =
  | { readonly kind: "rows"; readonly rows: number }
  | { readonly kind: "done"; readonly rows: number }
  | { readonly kind: "failed"; readonly diagnostic?: Diagnostic; readonly stack?: string };

const say = (said: Said): void => {
  process.send?.(said);
};
let ready: Promise<readonly [Session, Scorer, Setup]> | undefined;

async function started(setup: Setup): Promise<readonly [Session, Scorer, Setup]> {
  const found = engines.find(({ name }) => name === setup.engine) ?? engines[0];
  return [await found.open(setup.threads, setup.memory), scorerOf(setup.model), setup];
}

if (process.send !== undefined)
  process.on("message", async (message: Setup | Pair) => {
    try {
      if ("engine" in message) {
        ready = started(message);
        await ready;
        return;
      }
      if (ready === undefined) return;
      const [session, scorer, { asked, hash }] = await ready;
      say({ kind: "done", rows: await scoreOne(message, session, scorer, asked, hash, (rows) => say({ kind: "rows", rows })) });
    } catch (error) {
      if (error instanceof CompileError) say({ kind: "failed", diagnostic: error.diagnostic });
      else say({ kind: "failed", stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
// Whoever asked is gone: nobody waits for the answers.
process.on("disconnect", () => process.exit(1));
