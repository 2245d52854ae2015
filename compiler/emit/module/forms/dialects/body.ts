// The body of a function in SQL, as JavaScript. In: the arguments, the module. Out: statements that return the answer to one row. Guarantee: the
// module is evaluated once where globals outlive a row, and again where they do not; NULL in an argument gives NULL, as everywhere in SQL; no
// name but those listed, and nothing of WebAssembly.
import { type Code, commas, js, lines, member, type Name, Names, record } from "../../../code.ts";
import { judge } from "../../../judge.ts";
import type { Udf } from "./define.ts";

/** What a body takes from outside, beside what every module may. */
export const bodyTakes: readonly string[] = ["globalThis", "this", "Array", "JSON"];

/** `parsed`: whether lists come as JSON. */
export function bodyOf({ site, inputs, results }: Udf, parsed = false): string {
  const { parts, module, takes } = site;
  const ids = inputs.flat().map(({ id }) => id);
  const names = new Names(ids.map(({ text }) => text));
  const [all, key, predict, y] = ["shared", "key", "predict", "y"].map((hint) => names.unique(hint));
  const slots = parts.inputs.map(() => names.unique("x"));
  const given = inputs.map((list, i): Code => {
    const [first] = list;
    const read = !first.isList
      ? js`[${commas(list.map(({ id }) => id))}]`
      : parsed
        ? js`JSON.parse(${first.id})`
        : js`${first.id}`;
    return js`const ${slots[i]} = ${read};`;
  });
  const isNull = (id: Name): Code => js`${id} === null || ${id} === undefined`;
  // A list that is NULL is found before it is read.
  const lists = inputs.flatMap(([first]) => (first.isList ? [js`if (${isNull(first.id)}) return null;`] : []));
  const holes = slots.map(
    (id) => js`for (let i = 0; i < ${id}.length; i++) if (${id}[i] === null || ${id}[i] === undefined) return null;`,
  );
  const x = slots.length === 1 ? js`${slots[0]}` : record(parts.inputs.map((port, i) => [port.name, js`${slots[i]}`]));
  const answer = ({ isList }: { readonly isList: boolean }, from: Code): Code =>
    isList ? js`Array.from(${from})` : js`${from}[0]`;
  const answers = results.length === 1 ? answer(results[0], js`${y}`) : record(results.map((result) => [result.name, answer(result, js`${y}${member(result.name)}`)])); // biome-ignore format: one line
  const text = lines(
    js`const ${all} = typeof globalThis === "object" ? globalThis : this, ${key} = ${`layerc ${parts.model.hash}`};
const ${predict} = ${all}[${key}] || (${all}[${key}] = (function () {
"use strict";
${module}
return predict;
})());`,
    ...lists,
    ...given,
    ...holes,
    js`const ${y} = ${predict}(${x});
return ${answers};`,
  );
  // Every byte counts here, and no text of a module spans lines.
  const body = text.text.replaceAll(/^\s+/gm, "").replaceAll(/^\/\/.*\n/gm, "");
  judge(`function f(${ids.map(({ text }) => text).join(", ")}) {\n${body}\n}`, "script", [...takes, ...bodyTakes]);
  return body;
}
