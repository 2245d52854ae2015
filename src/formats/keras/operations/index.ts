// keras.ops between the layers of a functional model. In: a class of Keras' ops with one of its calls. Out: the line that computes the same,
// with the tensors it takes; other operations are refused by name.
import type { Call } from "../functional.ts";
import { unsupported } from "../values.ts";
import type { Made } from "./define.ts";
import { reasons } from "./reasons.ts";
import { table } from "./table.ts";

/** The line of an operation. Throws CompileError format/unsupported with its name. */
export function operationLine({ layer, arguments: given }: Call): Made {
  const { class_name: name, config, path } = layer;
  const make = Object.hasOwn(table, name) ? table[name] : undefined;
  const at = (position: number | undefined, key: string): unknown =>
    given.find((argument) => argument.name === position || argument.name === key)?.value ?? config[key];
  const made = make?.({ className: name, path, at });
  if (made !== undefined) return made;
  const why = make === undefined ? reasons.get(name) : undefined;
  const what = `keras.ops.${pythonName(name)} between layers${make === undefined ? "" : ", as it stands here"}${why === undefined ? "" : `: ${why}`}`;
  return unsupported(path, `layerc does not have ${what}`, "say it with a layer, and save the model again");
}

/** What a class of operations is called in Python. */
export const pythonName = (name: string): string => name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
