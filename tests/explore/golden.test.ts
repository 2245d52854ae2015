// The report of the seed net, as a text: what is in it, and what lights up on which line. A change of what the compiler prints changes it.
import { expect, it } from "vitest";
import { collect } from "../../src/explore/collect/index.ts";
import { cases } from "./models.ts";

it("of the seed is this", async () => {
  const { things, goals, layers, facts } = collect(cases.seed.model);
  const [{ panes, kernels, arena, passes }] = goals;
  const named = (thing: number): string => `${things[thing].kind} ${things[thing].name}`;
  const texts = panes.map(({ stage, target = "", text, marks, captions = {} }) => {
    const lines = text.split("\n").map((line, at) => {
      const of = marks.flatMap(([from, to, thing, also]) =>
        from <= at && at <= to ? [`${named(thing)}${also ? "?" : ""}`] : [],
      );
      return [
        line,
        ...(captions[at] === undefined ? [] : [`    = ${captions[at]}`]),
        ...(of.length === 0 ? [] : [`    ~ ${of.join(", ")}`]),
      ].join("\n");
    });
    return `== ${stage} ${target}\n${lines.join("\n")}`;
  });
  const rows = [
    ...layers.map(
      ({ path, name, output, parameters, multiplyAdds }) => `${path} ${name} ${output} ${parameters} ${multiplyAdds}`,
    ),
    ...kernels.map(({ name, target, strategy, multiplyAdds, bytes }) => `${name} ${target} ${strategy} ${multiplyAdds} ${bytes}`),
    ...arena.rows.map(({ name, at, bytes, from, to }) => `${name} ${at} ${bytes} ${from}..${to}`),
    ...passes.map(
      ({ pass, changed, rewrites }) =>
        `${pass} ${changed} ${rewrites.map(({ rule, promise }) => `${rule} ${promise}`).join(", ")}`,
    ),
    ...things.map(({ says, lights }, id) => `${named(id)}: ${says} -> ${lights.map(named).join(", ")}`),
  ];
  const text = [`parameters ${facts.parameters}, arena ${facts.arena}`, ...rows, ...texts].join("\n");
  await expect(`${text}\n`).toMatchFileSnapshot("../fixtures/seed-report.txt");
});
