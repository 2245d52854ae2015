// The words in which a text is refused. In: a value, or what acorn calls a piece of syntax. Out: what people call it, and what to write instead.
import { layers } from "../../../compiler/layers/index.ts";

/** What may stand in a text. */
export const dataHint = `a model here is data: lists, objects, numbers, constants, Math, and the factories of layerc (${layers.size} layers, sequential, model, reuse)`;
/** Why a name of `Math` is left out. */
export const mathHint = (name: string): string | undefined =>
  name === "random" ? "the seed of a model decides what is random: { seed: 1 }" : undefined;

/** A value in a message. */
export const describe = (value: unknown): string =>
  value === null || value === undefined
    ? String(value)
    : typeof value === "function"
      ? "a function"
      : Array.isArray(value)
        ? "a list"
        : typeof value === "object"
          ? "an object"
          : `the ${typeof value} ${JSON.stringify(value)}`;

/** Statements that are not run. */
export const statementNames: Readonly<Record<string, string>> = {
  FunctionDeclaration: "a function",
  ClassDeclaration: "a class",
  ForStatement: "a loop",
  ForOfStatement: "a loop",
  ForInStatement: "a loop",
  WhileStatement: "a loop",
  DoWhileStatement: "a loop",
  IfStatement: "if",
  ExpressionStatement: "a line that exports nothing",
};
/** Expressions that are not run. */
export const expressionNames: Readonly<Record<string, string>> = {
  FunctionExpression: "a function",
  ArrowFunctionExpression: "a function",
  ClassExpression: "a class",
  NewExpression: "new",
  AssignmentExpression: "an assignment",
  AwaitExpression: "await",
  ImportExpression: "import()",
  TaggedTemplateExpression: "a tagged template",
};
