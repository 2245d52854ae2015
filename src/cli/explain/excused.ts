// Codes without an example, each with the reason. In: a code. Out: a sentence. Guarantee: tests/cli/explain.test.ts holds that every code of
// the catalogue is either shown or stands here, and none in both.
import type { Code } from "../../../compiler/diagnostics/codes.ts";

/** Why a code has no example that could be typed. */
export const excused: Partial<Readonly<Record<Code, string>>> = {
  "internal/bug": "No input is meant to give it; one that does is a bug.",
  "file/endless": "A command waits for it: a pipe that never ends is no file.",
  "cli/missing": "It depends on what is installed, not on what is typed.",
  "score/memory": "It depends on the memory of the machine and on large files.",
  "ir/verify": "It is for an IR that a pass made; a text is stopped where it is read, as ir/parse.",
  "autodiff/not-differentiable": "Every op that layerc has today has a gradient; it is for one that has none.",
  "verify/header": "What is right is a module with a digest of its own text, which nobody types.",
  "verify/changed": "What is right is a module with a digest of its own text, which nobody types.",
  "verify/model": "It needs a module beside a model, and an example is one command.",
  "verify/endless": "What is wrong is a module that was changed and sealed again.",
  "verify/self-test": "It is for an engine that computes wrongly.",
};
