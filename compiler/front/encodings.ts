// What layers make of the items of ports before the Graph: texts and whole numbers as numbers (`compiler/encode`). In: a call and what it
// is given. Out: a value that is an input of the Graph of its own, and the list of them. Guarantee: layers that make the same of the same
// ports share one.
import { CompileError, joinPath } from "../diagnostics/error.ts";
import type { Encoded } from "../encode/define.ts";
import type { Port } from "../layers/define.ts";
import type { G } from "../ops/index.ts";
import type { Calls } from "./calls.ts";
import type { Line } from "./lines.ts";
import { graphName } from "./ports.ts";
import { isSameValue, isText, type Numbers, type Value } from "./values.ts";

/** Items of ports as the numbers that a layer takes for them: an input of the Graph of its own. */
export interface Encoding extends Encoded {
  /** Indices of the model's inputs. */
  readonly ports: readonly number[];
  /** The Graph's input. */
  readonly name: string;
}

/** The model's inputs: what they are called, and what stands for them. */
interface Ports {
  readonly inputs: Calls["inputs"];
  readonly values: readonly Value[];
}

/** What a layer is given, and its shape without the batch axis. */
interface Given {
  readonly value: Value;
  readonly shape: readonly number[];
}

/** The encodings of a model, as its calls ask for them. */
export class Encodings {
  readonly list: Encoding[] = [];
  readonly #g: G;

  constructor(g: G) {
    this.#g = g;
  }

  /**
   * The numbers that a layer makes of items of the model's inputs; undefined where it computes with what it is given. Throws
   * layer/config where it cannot, or is given what a layer computes.
   */
  of({ layer, config, path, name }: Line, given: readonly Given[], ports: Ports): Numbers | undefined {
    const asked = given.map(({ value, shape }): Port => ({ shape, isText: isText(value) }));
    const made = layer.encodes?.(config, asked);
    if (made === undefined) return undefined;
    if ("message" in made) throw new CompileError({ code: "layer/config", ...made, path: joinPath(path, made.path) });
    const from = given.map(({ value }) => ports.values.findIndex((port) => isSameValue(port, value)));
    if (from.includes(-1)) {
      const message = `${layer.name} takes inputs of the model, and gets what a layer computes`;
      const hint = "texts and whole numbers are encoded before the net: give it the input itself";
      throw new CompileError({ code: "layer/config", path, message, hint });
    }
    const isUsed = this.list.some((other) => from.some((port) => other.ports.includes(port)));
    const first = ports.inputs[from[0]].name;
    const own = from.length === 1 && asked[0].isText && !isUsed ? graphName(first) : `${first}:${name}`;
    const encoding = this.list.find((other) => isSame(other, { ...made, ports: from })) ?? { ...made, ports: from, name: own };
    if (!this.list.includes(encoding)) this.list.push(encoding);
    return { y: this.#g.input({ name: encoding.name, shape: ["n", ...encoding.shape] }) };
  }
}

/** Whether two layers make the same numbers of their items. */
const isSame = ({ name: _, ...own }: Encoding, made: Omit<Encoding, "name">): boolean =>
  JSON.stringify(own.ports) === JSON.stringify(made.ports) &&
  own.encoder.kind === made.encoder.kind &&
  JSON.stringify([own.shape, own.encoder]) === JSON.stringify([made.shape, made.encoder]);
