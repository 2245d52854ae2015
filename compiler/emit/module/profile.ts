// The kernels of a module to be run one by one, for whoever wants to know how long each takes. In: a module's parts. Out: a script that defines a function
// `layercProfile`, which makes them ready: `{ kernels: [{ name, target, run }] }`. Guarantee: they are the module's kernels, over its buffers, for as many
// rows as a call takes at most; buffers hold numbers of no meaning, so that no weights need be there. Judged like every module.
import { internal } from "../../diagnostics/error.ts";
import { calledKernels } from "../../program/calls.ts";
import type { Entry, Program } from "../../program/program.ts";
import { type Code, commas, js, lines, name } from "../code.ts";
import { scalarsOf } from "../usage.ts";
import { paramsOf } from "../wasm/emit.ts";
import { judged } from "./calls.ts";
import { functionName, simdMemory, startSimd } from "./embed.ts";
import type { ModuleParts } from "./parts.ts";
import { setScene } from "./scene.ts";
import { startMemory } from "./weights.ts";

/** The script's text. The program must be one of loops: a straight line is one kernel for all. */
export function emitProfile(parts: ModuleParts): string {
  const { program, options, model } = parts;
  const alone = parts.simd && { program: callByCall(parts.simd.program), ...(parts.simd.relaxed === undefined ? {} : { relaxed: callByCall(parts.simd.relaxed) }) }; // biome-ignore format: one line
  const { simd: _whole, ...rest } = parts;
  const apart: ModuleParts = { ...rest, constants: new Map(), program: callByCall(program), ...(alone === undefined ? {} : { simd: alone }) }; // biome-ignore format: one line
  const scene = setScene(apart);
  const { simd, memory, helpers } = scene;
  const texts = scene.looped.map(scene.kernelText);
  const wasm = simd === undefined ? undefined : startSimd(simd, { ...options, wasm: "embed" }, model.hash, helpers);
  const array = simd === undefined ? js`new Float32Array(${memory.length})` : simdMemory(memory);
  const start = startMemory(memory, scene, false, array, () => internal("a profile has no weights"));
  const scalars = program.scalars.map((scalar) => js`const ${name(scalar.name)} = ${scalar.max};`);
  const javascript = eachOnce(apart.program).map(({ entry, kernel }) => {
    const [{ buffers = [] }] = entry.calls;
    const args = [...scalarsOf(kernel).map(name), ...buffers.map((buffer) => memory.at.get(buffer) ?? internal(`no ${buffer}`))];
    return js`kernels.push({ name: ${kernel.name}, target: "js", run: () => ${scene.kernelId(kernel.name)}(${commas(args)}) });`;
  });
  const lanes = (alone === undefined ? [] : eachOnce(alone.program)).map(({ entry, kernel }) => {
    const found = functionName(entry);
    const params = paramsOf(entry, alone?.program ?? program).map(name);
    return js`if (${found}) kernels.push({ name: ${kernel.name}, target: backend, run: () => ${found}(${commas(params)}) });`;
  });
  const body = lines(
    helpers.declarations(),
    ...scalars,
    wasm,
    start,
    memory.length === 0 ? undefined : js`for (let i = 0; i < memory.length; i++) memory[i] = (i * 7919 % 1021 - 510) / 1024;`,
    ...texts,
    js`const kernels = [];`,
    ...javascript,
    ...lanes,
    js`return { kernels: kernels };`,
  );
  const code: Code = js`function layercProfile() {
  "use strict";
  ${body}
}`;
  return judged(code, simd === undefined ? [] : ["WebAssembly"]);
}

/** The same Program with an entry for each call beside those that it has. */
function callByCall(program: Program): Program {
  const calls = program.entries.flatMap((entry) => entry.calls.map((call) => ({ rows: entry.rows, call })));
  const alone = calls.map(({ rows, call }, i): Entry => ({ name: `${own}${i}`, rows, inputs: [], outputs: [], calls: [call] }));
  return { ...program, entries: [...program.entries, ...alone] };
}
const own = "call";

/** A call of each kernel. */
function eachOnce(program: Program) {
  const seen = new Set<string>();
  return program.entries.flatMap((entry) => {
    if (!/^call\d+$/.test(entry.name)) return [];
    const [kernel] = calledKernels(program, entry.calls);
    if (seen.has(kernel.name)) return [];
    seen.add(kernel.name);
    return [{ entry, kernel }];
  });
}
