// What the page does without. In: a source of the compiler or of a library, as the build of the page reads it. Out: the source without what nothing in
// the page asks for. Guarantee: what a list can say is all there; what stands here is said in docs/playground.md where a reader could miss it.
import ts from "typescript";

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Columns that nothing in the page reads, by the files of the tables: of the compiler's tables tests read them, of a library others do. */
const columns: readonly (readonly [folder: RegExp, columns: readonly string[]])[] = [
  [/\/compiler\/(ops|layers|training|schedule\/strategies)\//, ["examples", "sample", "says"]],
  // Methods of schemas, most for formats of text; a schema that asked for one would fault as soon as the page loads.
  [
    /\/zod\/v4\/classic\/schemas\.js$/,
    words(`email url jwt emoji guid uuid uuidv4 uuidv6 uuidv7 nanoid cuid cuid2 ulid base64 base64url xid ksuid ipv4 ipv6 cidrv4 cidrv6 e164
      datetime date time duration and catch prefault nonoptional exactOptional`),
  ],
  // A layout walks graphs in preorder and postorder, and nowhere else.
  [
    /\/dagre\.esm\.js$/,
    words(
      `CycleException bellmanFord components dijkstra dijkstraAll findCycles floydWarshall isAcyclic prim shortestPaths tarjan topsort read write`,
    ),
  ],
];

/** A form that nobody chooses, so that nothing but its options is looked at. */
const noForm = (name: string): string => `export const ${name} = { own: [], needs: {} };`;

/** Whole modules: what stands in their place, or how it is made of them. Absent: each export, as a function that says it is not there. */
const modules: readonly (readonly [file: RegExp, instead?: string])[] = [
  // A list has no options: it is compiled as an ES module of this year, by no other form and for no older engine.
  [/\/emit\/module\/forms\/filter\.ts$/, noForm("filter")],
  [/\/emit\/module\/forms\/sql\.ts$/, noForm("sql")],
  [/\/emit\/module\/forms\/wasm\.ts$/, noForm("wasm")],
  // And its weights are float32.
  [/\/front\/rounded\.ts$/, "export const roundedWeights = (values) => values;"],
  [
    /\/pipeline\/narrow\.ts$/,
    `export const narrowed = ({ layouts }) => ({ restored: { prepare: undefined, layouts }, parts: [], forms: () => new Map() });
     export const inLanes = (program) => program;`,
  ],
  // Nobody imports the module with types.
  [/\/emit\/module\/declarations\.ts$/, 'export const declarations = () => "";'],
  [
    /\/emit\/module\/narrow\.ts$/,
    `export const bytesOf = () => 0;
     export const narrowSize = bytesOf;
     export const fillNarrow = () => {};
     export const readNarrow = fillNarrow;
     export const narrowBytes = () => new Uint8Array();
     export const [widenFunction, widenHalvesFunction] = [];`,
  ],
  [/\/emit\/syntax\/lower\.ts$/, "export const lowered = (code) => code;"],
  // Operators of ONNX files that are dropped on it are those of ONNX itself; others are refused by name there, as are those that few graph-models have.
  [/\/onnx\/operators\/ml\/list\.ts$/, "export const ml = [];"],
  [/\/onnx\/operators\/microsoft\/list\.ts$/, "export const microsoft = [];"],
  [/\/onnx\/operators\/quantization\.ts$/, "export const quantization = [];"],
  [/\/onnx\/operators\/grid-sample\.ts$/, "export const gridSampling = [];"],
  [/\/onnx\/operators\/fourier\.ts$/, "export const fourier = [];"],
  [/\/onnx\/operators\/scatter\.ts$/, "export const scattering = [];"],
  [/\/tfjs\/graph\/operators\/picks\.ts$/, "export const picks = {};"],
  // So are operations of Keras that are several lines, and TensorFlow's own names for operations.
  [/\/keras\/operations\/compositions\.ts$/, "export const compositions = {};"],
  [/\/keras2\/tensorflow\.ts$/, "export const sameAs = () => undefined;"],
  [/\/keras\/operations\/reasons\.ts$/, "export const reasons = new Map();"],
  // Training begins anew there: what an optimizer knew is not asked for.
  [/\/keras\/optimizer-state\.ts$/, "export const stateOf = () => ({});"],
  // Nobody can give the page definitions of a file's own layers and operators.
  [/\/formats\/onnx\/defined\.ts$/],
  [/\/tfjs\/graph\/defined\.ts$/],
  [
    /\/formats\/custom\/lines\.ts$/,
    "export const definitionOf = () => {}; export const [defined, wrong] = [definitionOf, definitionOf];",
  ],
  [
    /\/formats\/custom\/weights\.ts$/,
    `import { resolve } from "../../../compiler/front/steps.ts";
     export const partedBy = (rest) => ({ rest, of: new Map() });
     export const resolvedWeights = (model) => resolve(model).weights;
     export const customValues = () => new Map();`,
  ],
  // A parser of all JavaScript weighs as much as all the layers. Here the engine that imports the module parses it, and the page's policy keeps it in.
  [/\/emit\/judge\.ts$/, "export const judge = () => {};"],
  // What a pass made is verified wherever layerc runs and in its tests; a fault there is the compiler's own. Graphs that come from outside are verified here too.
  [/\/plan\/verify\.ts$/, "export const verifyPlan = () => {};"],
  [/\/program\/nest\/verify\.ts$/, "export const verifyNests = () => {};"],
  [/\/schedule\/verify\.ts$/, "export const verifySchedules = () => {};"],
  [/\/program\/verify\.ts$/, "export const verifyProgram = () => {};"],
  // Schemas check; nobody asks what they are as JSON.
  [/\/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/],
];

/** Single exports, by the end of their module's name: what stands in their place. */
const exported: readonly (readonly [file: RegExp, name: string, instead: string])[] = [
  // The policy of the page lets no text be run as code, so the schemas that write their own check as a text never do.
  [/\/zod\/v4\/core\/schemas\.js$/, "$ZodObjectJIT", "$ZodObject"],
];

/** A source without properties of these names; `seen` hears which there were. */
function without(names: readonly string[], text: string, seen: (name: string) => void): string {
  const source = ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest);
  const cuts: (readonly [from: number, to: number])[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const { properties } = node;
      for (const [i, one] of properties.entries()) {
        const own = one.name === undefined || ts.isAccessor(one) ? undefined : one.name.getText(source);
        if (own === undefined || !names.includes(own)) ts.forEachChild(one, visit);
        else {
          seen(own);
          cuts.push([
            one.getStart(source),
            properties[i + 1]?.getStart(source) ?? (properties.hasTrailingComma ? properties.end : one.end),
          ]);
        }
      }
    } else ts.forEachChild(node, visit);
  };
  visit(source);
  return cuts.reverse().reduce((rest, [from, to]) => rest.slice(0, from) + rest.slice(to), text);
}

/** A source in which an exported constant is something else. */
function instead(name: string, other: string, text: string): string {
  const source = ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest);
  const found = source.statements.flatMap((each) => (ts.isVariableStatement(each) ? each.declarationList.declarations : []));
  const value = found.find((each) => each.name.getText(source) === name)?.initializer;
  if (value === undefined) throw new Error(`there is no ${name} to leave out`);
  return text.slice(0, value.getStart(source)) + other + text.slice(value.end);
}

const missing = (text: string): string =>
  [...text.matchAll(/^export (?:async )?(?:const|function|class) (\w+)|^export \{ \w+ as (\w+) \}/gm)]
    .map(
      ([, name, other]) =>
        `export const ${name ?? other} = () => { throw new Error("${name ?? other} is no part of this page"); };`,
    )
    .join("\n");

/** What the tables say, each row by a name; a column is one for each folder. */
const rowNames = (): string[] => [
  ...columns.flatMap(([folder, names]) => names.map((column) => columnName(folder, column))),
  ...modules.map(([file]) => String(file)),
  ...exported.map(([file, name]) => columnName(file, name)),
];
const columnName = (file: RegExp, name: string): string => `${name} in ${file}`;

/** The tables over one build. */
export class LeftOut {
  /** Rows that have met nothing so far: once all sources are read, what is left no longer says anything. */
  readonly unmet = new Set(rowNames());

  /** The source of a module without it; undefined: as it is. */
  without(text: string, file: string): string | undefined {
    const module = modules.find(([one]) => one.test(file));
    if (module !== undefined) {
      this.unmet.delete(String(module[0]));
      return module[1] ?? missing(text);
    }
    const other = exported.find(([one]) => one.test(file));
    if (other !== undefined) {
      this.unmet.delete(columnName(other[0], other[1]));
      return instead(other[1], other[2], text);
    }
    const found = columns.find(([folder]) => folder.test(file));
    // Trees are slow to make: files without the words are left as they are.
    if (found === undefined || !found[1].some((column) => text.includes(column))) return undefined;
    return without(found[1], text, (column) => this.unmet.delete(columnName(found[0], column)));
  }
}
