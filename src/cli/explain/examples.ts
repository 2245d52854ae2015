// A wrong and a right example of error and warning codes. In: a code. Out: two small sets of files, each with the command that is run on them.
// Guarantee: the wrong one gives that very code and the right one does not, a law that tests/cli/explain.test.ts runs. Loaded by `explain`
// alone, so that no other command and no page carries the texts.
import { files } from "./files.ts";
import { formats } from "./formats.ts";
import { models } from "./models.ts";
import type { Pairs } from "./pair.ts";
import { training } from "./training.ts";

/** The pairs by code. What is in none of the areas stands in excused.ts. */
export const examples: Pairs = { ...models, ...training, ...formats, ...files };
