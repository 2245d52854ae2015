// The losses of the fixtures, with every option and reduction, with and without sample weights, on every executor.
import { describe, it } from "vitest";
import { evaluators } from "../executors.ts";
import { expectRefused } from "../exemptions.ts";
import { lossCases } from "../fixtures/read.ts";
import { expectLoss } from "./loss-values.ts";

const choice = lossCases();

it("takes every case but those of the table", () => {
  expectRefused(choice.left, ["keras-losses-class"]);
});

/** The interpreter, and of the modules one by turns: conformance runs more of them. */
const [graph, ...modules] = evaluators;
const turned = (turn: number) => [graph, modules[turn % modules.length]];

describe.each(choice.taken.map((item, turn) => ({ ...item, turn })))("$case", ({ turn, ...item }) => {
  it.each(turned(turn))("$name", ({ start }) => expectLoss(item, start));
});
