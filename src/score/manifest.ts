// What of a folder of answers is finished. In: a folder, what is asked. Out: the files that need not be scored again. Guarantee: a file counts only
// where the model, what was asked and the rows are those of today, by their hash, and by size and time of the file, and its answers are whole.
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import * as z from "zod";
import type { Pair } from "./outputs.ts";

const name = "layerc-score.json";
const schema = z.object({
  /** Of the model and of what was asked. */
  hash: z.string(),
  /** By output. */
  files: z.record(
    z.string(),
    z.object({ input: z.string(), size: z.number(), time: z.number(), rows: z.number(), bytes: z.number() }),
  ),
});
type Content = z.infer<typeof schema>;

/** The manifest of a folder. */
export class Manifest {
  readonly #path: string;
  readonly #old: Content | undefined;
  readonly #now: Content;

  constructor(folder: string, hash: string) {
    this.#path = join(folder, name);
    this.#old = readOld(this.#path);
    this.#now = { hash, files: { ...(this.#old?.hash === hash ? this.#old.files : {}) } };
  }

  /** Names of outputs that a run before wrote, whatever it was asked. */
  get ours(): ReadonlySet<string> {
    return new Set(Object.keys(this.#old?.files ?? {}));
  }

  /** The rows of a file that is finished; undefined where it is not. */
  rowsOf({ input, output }: Pair): number | undefined {
    const files = this.#now.files;
    const known = Object.hasOwn(files, basename(output)) ? files[basename(output)] : undefined;
    const now = statSync(output, { throwIfNoEntry: false });
    if (known === undefined || now === undefined) return undefined;
    const { size, mtimeMs } = statSync(input);
    const isSame = known.input === resolve(input) && known.size === size && known.time === mtimeMs && known.bytes === now.size;
    return isSame ? known.rows : undefined;
  }

  /** Notes a file whose answers are in their place. */
  finish({ input, output }: Pair, rows: number): void {
    const { size, mtimeMs } = statSync(input);
    this.#now.files[basename(output)] = { input: resolve(input), size, time: mtimeMs, rows, bytes: statSync(output).size };
    // A reader never sees half of it.
    writeFileSync(`${this.#path}.part`, `${JSON.stringify(this.#now, null, 2)}\n`);
    renameSync(`${this.#path}.part`, this.#path);
  }
}

/** What is no manifest of ours says nothing. */
function readOld(path: string): Content | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}
