// Names of layers in old configs. In: layers, with their names beside the config, in it, or without any. Out: a name for each, unique.
import { snakeCase } from "../../../compiler/front/lines.ts";
import type { Keys } from "../keras/values.ts";
import type { Item } from "./item.ts";

/** The name of a layer, beside its config or in it. */
export const nameIn = (item: Item & Keys): string | undefined =>
  [item.name, item.config.name].find((name): name is string => typeof name === "string" && name !== "");

/** Names for layers that have none: models within a Sequential had none in Keras 1 and 2. */
export class Namer {
  readonly #taken: Set<string>;

  constructor(list: readonly (Item & Keys)[]) {
    this.#taken = new Set(list.flatMap((item) => nameIn(item) ?? []));
  }

  of(item: Item & Keys): string {
    return nameIn(item) ?? this.free(`${snakeCase(item.class_name)}_1`);
  }

  free(base: string): string {
    let name = base;
    for (let k = 2; this.#taken.has(name); k++) name = `${base}_${k}`;
    this.#taken.add(name);
    return name;
  }
}
