// What the suite does not ask for in full. Out: `standard`, the tolerance of every kind of test; and one table with every looser
// tolerance, every skip and every refused case, each with its reason. A test asks the table; exemptions.test.ts finds numbers and
// skips that stand elsewhere, rows that nobody asks for, and a table that grows.
import type { Tolerance } from "./close.ts";

/** The norm: |found − wanted| <= abs + rel·|wanted|. */
export const standard = {
  /** Layers and small models, against Keras and against loops. */
  layers: { abs: 1e-5, rel: 1e-4 },
  activations: { abs: 1e-6, rel: 1e-5 },
  losses: { abs: 0, rel: 1e-5 },
  metrics: { abs: 1e-7, rel: 1e-5 },
  /** The loss and every weight after every step, as the traces of Keras state it. */
  kerasSteps: { abs: 2e-5, rel: 1e-3 },
  /** Whole runs of fit, as Keras' data state it. */
  kerasHistory: { abs: 0, rel: 2e-3 },
  kerasRuns: { abs: 5e-5, rel: 3e-3 },
  /** The same against loops in doubles; only the loss is a sum that no optimizer divided. */
  loopSteps: { abs: 2e-5, rel: 1e-4 },
  loopLoss: { abs: 1e-6, rel: 1e-5 },
  /** Central differences in doubles have half their digits. */
  gradients: { abs: 2e-6, rel: 2e-6 },
  /** Operators of ONNX against its own cases, and models of public repositories, as the data states it. */
  onnxOperators: { abs: 1e-7, rel: 1e-3 },
  pretrained: { abs: 1e-4, rel: 1e-3 },
  /** Models of any depth against doubles: times max(1, max|y|). */
  wholeModels: { abs: 2e-5, rel: 0 },
  /** A rewrite that reassociates: times max(1, max|y|). */
  approx: { abs: 1e-5, rel: 0 },
  /** Golden vectors in a module, and what else is near 1 and rounded a few times. */
  selfTest: { abs: 1e-6, rel: 0 },
  /** One number worked out by hand: computed in float32 (a few units in the last place), or in doubles. */
  float32: { abs: 3e-7, rel: 3e-7 },
  doubles: { abs: 5e-13, rel: 0 },
  /** How far a float32 is from the same in doubles: the page's doubles have layerc's own functions, which are good to a thousandth of a rounding. */
  typed: { abs: 1e-11, rel: 1e-3 },
  /** A share or a moment of twenty thousand draws. */
  draws: { abs: 0.02, rel: 0 },
  /** How far weights moved, relative to the whole move. */
  updates: { abs: 1e-4, rel: 0 },
} as const satisfies Readonly<Record<string, Tolerance>>;

interface Row {
  readonly id: string;
  /** The files that ask for the row. */
  readonly where: readonly string[];
  readonly what: string;
  readonly reason: string;
}
/** Some numbers of a kind of test may be further off than its standard says. */
interface LooserTolerance extends Row {
  readonly kind: "tolerance";
  readonly standard: keyof typeof standard;
  readonly allowed: Tolerance;
}
/** Something is not asked: on some machines, or on none. */
interface Skip extends Row {
  readonly kind: "skip";
}
/** Cases of a corpus that are not taken: those whose cause reads like this, and how many they are. */
interface Refused extends Row {
  readonly kind: "refused";
  readonly cause: RegExp;
  readonly count: number;
}
export type Exemption = LooserTolerance | Skip | Refused;

const kerasJsCases = ["tests/conformance/keras-js.test.ts"];
const grid = ["tests/golden/activations.test.ts"];
const goldenCases = ["tests/golden/layers.test.ts"];
const goldenTraces = ["tests/golden/training.test.ts"];

// biome-ignore format: one table
const table = [
  { id: "training-before-batch-norm", kind: "tolerance", standard: "kerasSteps", allowed: { abs: 2e-3, rel: 0 }, where: ["tests/golden/steps.ts"],
    what: "Adam: the bias of a layer before a batch normalisation",
    reason: "Its gradient is 0 but for rounding, and Adam divides that noise by itself plus epsilon: Keras' step is noise too, and up to a learning rate a step away where 512 terms are added up." },
  { id: "no-relaxed-simd", kind: "skip", where: ["tests/engines.ts", "tests/emit/wasm.test.ts"],
    what: "kernels of relaxed SIMD are emitted and read back, but not run",
    reason: "The engine does not know them: Node has them from 22 on." },
  { id: "no-chromium", kind: "skip", where: ["tests/browser/audio.test.ts", "tests/browser/chromium.test.ts", "tests/browser/formats.test.ts", "tests/browser/hot.test.ts", "tests/browser/mnist.test.ts", "tests/browser/playground.test.ts", "tests/browser/report.test.ts", "tests/bundlers/bundlers.test.ts"],
    what: "modules and pages in headless Chromium",
    reason: "There is no Chromium here: name one in CHROMIUM, or apt-get install chromium." },
  { id: "no-host", kind: "skip", where: ["tests/hosts/hosts.test.ts", "tests/ship/wasm.test.ts"],
    what: "emitted modules on a host that is not here; a line names each, and how to have it",
    reason: "Engines are large, and come from npm and from Debian: npm run hosts installs those of npm." },
  { id: "no-duckdb", kind: "skip", where: ["tests/score/parts.test.ts", "tests/score/score.test.ts", "tests/ship/sql.test.ts"],
    what: "files of rows are scored, and a function in SQL is defined, in DuckDB",
    reason: "It is not installed here: npm install @duckdb/node-api, which is 70 MB." },
  { id: "no-firefox", kind: "skip", where: ["tests/browser/audio.test.ts", "tests/browser/playground.test.ts", "tests/browser/report.test.ts"],
    what: "pages in headless Firefox",
    reason: "There is no Firefox here: name one in FIREFOX, or apt-get install firefox-esr." },
  { id: "relaxed-browser-after-training", kind: "skip", where: ["tests/browser/chromium.test.ts"],
    what: "relaxed SIMD in Chromium: what is predicted after training steps is not compared",
    reason: "Adam makes a difference of one unit in the last place as large as a step; the exact modules are compared bit for bit." },
  { id: "loops-on-fewer-executors", kind: "skip", where: ["tests/golden/graphs.test.ts", "tests/golden/layers.test.ts", "tests/golden/references.test.ts", "tests/golden/training.test.ts", "tests/streams/laws.test.ts"],
    what: "layers against Keras and against loops: three executors are left out, of traces and streams the interpreter too; JavaScript and lanes take turns",
    reason: "Random models hold them to the bits of those that do run, and conformance runs Keras' cases on all; here they would only cost time." },
  { id: "traces-by-turns", kind: "skip", where: ["tests/golden/training.test.ts"],
    what: "every other of Keras' traces of an optimizer's options and of a layer's gradients",
    reason: "The conformance run takes all of them on all executors; here they would be a tenth of the time of all tests." },
  { id: "sparsemax-shift", kind: "skip", where: ["tests/laws/composites.test.ts"],
    what: "a shift of x does not change sparsemax",
    reason: "Keras' threshold takes the sum of all running sums where the definition takes the last, so it moves with x." },
  { id: "grid-sparsemax", kind: "refused", cause: /^sparsemax$/, count: 175, where: grid,
    what: "numbers of Keras' sparsemax on the grid",
    reason: "Its float32 sums give infinity everywhere; the right answer is 1 at 1e30 and 0 elsewhere." },
  { id: "grid-squareplus", kind: "refused", cause: /^squareplus$/, count: 5, where: grid,
    what: "numbers of Keras' squareplus at both ends of the grid",
    reason: "Its formula cancels on the left and overflows at both ends; the right numbers are asked for instead." },
  { id: "grid-gelu-tanh", kind: "refused", cause: /^gelu_tanh$/, count: 1, where: grid,
    what: "the approximate gelu in a layer",
    reason: "No string of Keras' names it, so no layer can have it; the op is judged on the Graph alone." },
  { id: "keras-layers-batch", kind: "refused", cause: /^topDb below/, count: 1, where: goldenCases,
    what: "Keras' mel spectrograms whose floor is that of a batch",
    reason: "Rows do not see each other: layerc's floor lies below the loudest of the row, as Keras' does for one row." },
  { id: "keras-stateful-ahead", kind: "refused", cause: /takes no sequence in chunks/, count: 1, where: ["tests/streams/goldens.test.ts"],
    what: "Keras' stateful models that look ahead",
    reason: "A backward layer begins with the last step, which a stream has not seen: predict computes it, step is refused." },
  { id: "keras-training-loss", kind: "refused", cause: /^there is no loss "circle"/, count: 2, where: goldenTraces,
    what: "Keras' traces of the loss circle",
    reason: "It compares the rows of a batch in pairs, and rows do not see each other." },
  { id: "keras-losses-class", kind: "refused", cause: /^there is no loss "(circle|ctc)"/, count: 9, where: ["tests/golden/losses.test.ts"],
    what: "Keras' losses circle and ctc",
    reason: "Circle compares the rows of a batch in pairs, and rows do not see each other; ctc has targets of any length." },
  { id: "keras-js-stateful", kind: "refused", cause: /takes no sequence in chunks/, count: 6, where: kerasJsCases,
    what: "keras.js' stateful layers that go backwards",
    reason: "They begin with the last step, which a stream has not seen: predict computes them, step is refused." },
] as const satisfies readonly Exemption[];

type Table = typeof table;
type IdOf<K extends Exemption["kind"]> = Extract<Table[number], { readonly kind: K }>["id"];

export const exemptions: readonly Exemption[] = table;

/** The row of an id; which kind it has to be is checked by the compiler where a test writes the id. */
function row<K extends Exemption["kind"]>(kind: K, id: IdOf<K>): Extract<Exemption, { readonly kind: K }> {
  const found = exemptions.find((item): item is Extract<Exemption, { readonly kind: K }> => item.kind === kind && item.id === id);
  if (found === undefined) throw new Error(`no exemption ${id}`);
  return found;
}

export const toleranceOf = (id: IdOf<"tolerance">): Tolerance => row("tolerance", id).allowed;

const said = new Set<string>();

/** Whether to skip: where it applies, the log says so once in a file. */
export function skipOf(id: IdOf<"skip">, applies: boolean): boolean {
  const { what, reason } = row("skip", id);
  if (applies && !said.has(id)) console.log(`skipped: ${what}. ${reason}`);
  if (applies) said.add(id);
  return applies;
}

/** Throws unless each case left is one of these rows', and each row has exactly as many as it states: less is a smaller row. */
export function expectRefused(left: readonly (readonly [name: string, cause: string])[], ids: readonly IdOf<"refused">[]): void {
  const rows = ids.map((id) => row("refused", id));
  const problems = rows.flatMap(({ id, cause, count }) => {
    const found = left.filter(([, text]) => cause.test(text)).length;
    if (found < count) return [`${id}: ${found} cases are left, the table allows ${count}: shrink it in tests/exemptions.ts`];
    return found > count ? [`${id}: ${found} cases are left, the table allows ${count}`] : [];
  });
  const other = left.filter(([, text]) => rows.filter(({ cause }) => cause.test(text)).length !== 1);
  problems.push(...other.map(([name, text]) => `${name}: "${text}" is the cause of no row, or of several`));
  if (problems.length > 0) throw new Error(problems.join("\n"));
}
