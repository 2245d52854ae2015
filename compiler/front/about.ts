// What the numbers of ports mean: names of features and classes. In: a spec nobody vouches for. Out: names by port. Guarantee: as many as
// there are numbers along the port's last axis; an output of one number may have the two classes that it tells apart.
import * as z from "zod";
import type { Port } from "../artifact.ts";
import { check } from "../diagnostics/check.ts";
import { CompileError } from "../diagnostics/error.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";
import type { About } from "../model.ts";

const names = z.array(z.string());
/** By port, or where there is one port its names alone. */
const byPort = z.union([names, z.record(z.string(), names)]).optional();
const schema = z.strictObject({ features: byPort, classes: byPort });
type Names = Readonly<Record<string, readonly string[]>>;

/** The names a model gives. Throws CompileError model/about. */
export function aboutOf(
  given: unknown,
  ports: { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] },
): About | undefined {
  if (given === undefined) return undefined;
  const { features, classes } = check(schema, given, { code: "model/about", path: "about", subject: "about" });
  return {
    ...(features === undefined ? {} : { features: namesOf("features", features, ports.inputs, []) }),
    ...(classes === undefined ? {} : { classes: namesOf("classes", classes, ports.outputs, [2]) }),
  };
}

/** `ofOne`: how many names one number may have besides one. */
function namesOf(kind: string, given: Names | readonly string[], ports: readonly Port[], ofOne: readonly number[]): Names {
  const refuse = (path: string, message: string, hint: string): never => {
    throw new CompileError({ code: "model/about", path, message, hint });
  };
  const known = ports.map(({ name }) => name);
  if (isList(given) && ports.length > 1)
    return refuse(`about.${kind}`, `${kind} of several ports are given by name`, `write { ${JSON.stringify(known[0])}: […] }`);
  const record: Names = isList(given) ? { [known[0]]: given } : given;
  for (const [name, list] of Object.entries(record)) {
    const path = `about.${kind}.${name}`;
    const port = ports.find((one) => one.name === name);
    if (port === undefined) return refuse(path, `there is no port ${JSON.stringify(name)}`, suggestionFor(name, known));
    const size = port.shape.at(-1) ?? 1;
    if (list.length !== size && !(size === 1 && ofOne.includes(list.length)))
      return refuse(
        path,
        `${kind} of ${JSON.stringify(name)} need ${size} names, found ${list.length}`,
        "one for each number along the last axis",
      );
    const twice = list.find((one, i) => list.indexOf(one) !== i);
    if (twice !== undefined) return refuse(path, `${JSON.stringify(twice)} is there twice`, "give each another name");
  }
  return record;
}

const isList = (value: Names | readonly string[]): value is readonly string[] => Array.isArray(value);
