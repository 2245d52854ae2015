// Flags that people bring along. Laws: what a habit is answered with exists; no flag that a command has is a habit of its; every flag that a command does
// not have is answered.
import { Command } from "commander";
import { expect, it } from "vitest";
import { commands } from "../../src/cli/commands/list.ts";
import { habits, hintFor } from "../../src/cli/habits.ts";
import { layerc } from "./bin.ts";

const all = await Promise.all(
  commands.map(async ({ load }) => {
    const program = new Command();
    (await load())(program);
    return program.commands[0];
  }),
);

it("each habit is answered with a flag that some command has, where that command has none of its name", () => {
  for (const [habit, meant] of Object.entries(habits)) {
    const having = all.filter(({ options }) => options.some(({ long }) => meant.includes(long ?? "")));
    for (const one of meant)
      expect(
        having.some(({ options }) => options.some(({ long }) => long === one)),
        `${habit} ${one}`,
      ).toBe(true);
    const strange = having.filter(({ options }) => !options.some(({ long, short }) => long === habit || short === habit));
    expect(
      strange.map((command) => hintFor(habit, command)).some((hint) => hint.startsWith("it is called")),
      habit,
    ).toBe(true);
  }
});

it.each([
  [
    ["train", "a.model.ts", "--data", "a.csv", "--target", "y", "-o", "b.safetensors"],
    /unknown option '-o'\n {2}hint {2}it is called --save <file> here; layerc train --help/,
  ],
  [
    ["train", "a.model.ts", "--data", "a.csv", "--target", "y", "--validation-split", "0.2"],
    /it is called --validation <part> here/,
  ],
  [["compile", "a.model.ts", "--quantize=int8"], /it is called --weights-type <type> here/],
  [["run", "a.model.ts", "--input", "[1]", "--nonsense"], /hint {2}layerc run --help lists its options/],
  [["run", "a.model.ts", "--input", "[1]", "--__proto__"], /hint {2}layerc run --help lists its options/],
])("%j", async (args, told) => {
  const { status, stderr } = await layerc(process.cwd(), args);
  expect(status).toBe(2);
  expect(stderr).toMatch(told);
});
