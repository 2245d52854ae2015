// What goes on in the playground. In: what a visitor does. Out: signals that the page shows. Guarantee: the address holds what would be lost by a reload; a
// module, its report and its training are always of the same list, or the page says that the list has changed.
import { batch, signal } from "@preact/signals";
import type { Manifest } from "../../../../compiler/artifact.ts";
import type { Profile } from "../../page/profile.ts";
import type { Report } from "../../report.ts";
import { datasets, type Rows } from "../datasets.ts";
import type { CompileAnswer, TrainAnswer } from "../messages.ts";
import { type Preset, presets } from "../presets.ts";
import { hashOf, longest, type State, stateIn } from "../state.ts";
import type { Picture, Point } from "../trainer.ts";
import type { Problem } from "../trouble.ts";
import type { Taken } from "./drop.ts";
import { download, fileBeside, imported } from "./outside.ts";
import { Compiler, Training } from "./threads.ts";

/** How far a training is. */
export interface Progress {
  readonly running: boolean;
  readonly steps: number;
  readonly epoch: number;
  readonly loss: number;
  readonly picture?: Picture;
}

const unreadable = "The address holds no list that can be read: it may have been cut short on its way.";
/** Milliseconds without a key before a list is compiled. */
const pause = 250;
const read = stateIn(location.hash);
const opened: State = read ?? {
  text: presets[0].text,
  data: presets[0].data,
  tab: "list",
  report: "",
  batch: 32,
};

export const text = signal(opened.text);
export const data = signal(datasets.some(({ id }) => id === opened.data) ? opened.data : datasets[0].id);
export const tab = signal<State["tab"]>(opened.tab);
export const batchSize = signal(opened.batch);
export const problems = signal<readonly Problem[]>([]);
/** The module of the list as it was when it last was right. */
export const compiled = signal<{ readonly manifest: Manifest; readonly code: string; readonly trains: boolean } | undefined>(
  undefined,
);
export const report = signal<Report | undefined>(undefined);
/** What is to be said of the page itself. */
export const notice = signal<string | undefined>(read === undefined && location.hash.length > 1 ? unreadable : undefined);
/** Whether something is being compiled, and whether what is shown is of an older list. */
export const busy = signal(true);
/** The file that is shown in the place of the list. */
export const file = signal<string | undefined>(undefined);
export const rows = signal<Rows | undefined>(undefined);
/** Why the model is not trained. */
export const untrained = signal<string | undefined>(undefined);
export const progress = signal<Progress | undefined>(undefined);
export const points = signal<readonly Point[]>([]);
export const answerGiven = signal<readonly number[] | undefined>(undefined);

let chosen = opened.report;
let timer = 0;
let training: Training | undefined;
let resets = 0;
let wantsWeights: ((weights: readonly Float32Array[]) => void) | undefined;
const compiler = new Compiler(heard);

/** What was chosen within the report, for the report to keep. */
export const memory = {
  read: (): string => chosen,
  write(said: string): void {
    chosen = said;
    keep();
  },
};

function keep(): void {
  const state: State = { text: text.value, data: data.value, tab: tab.value, report: chosen, batch: batchSize.value };
  history.replaceState(null, "", hashOf(state));
}

function heard(answer: CompileAnswer): void {
  switch (answer.kind) {
    case "problems":
      show(answer.problems);
      return;
    case "module":
      batch(() => {
        problems.value = answer.problems;
        compiled.value = answer;
      });
      void reset();
      return;
    case "report":
      batch(() => {
        report.value = answer.report;
        busy.value = false;
      });
      return;
    case "exported":
      busy.value = false;
      download(answer.name, answer.code);
  }
}

function show(found: readonly Problem[]): void {
  batch(() => {
    problems.value = found;
    busy.value = false;
    // A file that cannot be read leaves nothing to be shown; a list that is being written leaves what it was.
    if (file.value === undefined) return;
    compiled.value = undefined;
    report.value = undefined;
  });
  if (file.value !== undefined) void reset();
}
/** What never came to the compiler. */
function fail(fault: { readonly message: string; readonly hint: string }): void {
  compiler.forget();
  show([{ from: 0, to: 0, severity: "error", code: "", ...fault }]);
}

function compileSoon(wait: number): void {
  busy.value = true;
  clearTimeout(timer);
  if (text.value.length > longest) {
    fail({
      message: `the text has ${text.value.length} letters, and a list here has at most ${longest}`,
      hint: "write constants and spread them, or use the command line",
    });
    return;
  }
  timer = window.setTimeout(() => compiler.compile({ text: text.value }, batchSize.value), wait);
}

/** The list as it is written now. */
export function write(next: string): void {
  if (next === text.value) return;
  text.value = next;
  file.value = undefined;
  notice.value = undefined;
  keep();
  compileSoon(pause);
}

/** Another list, with its rows. */
export function choose(preset: Preset): void {
  batch(() => {
    data.value = preset.data;
    text.value = preset.text;
    file.value = undefined;
    notice.value = undefined;
  });
  keep();
  compileSoon(0);
}

/** Other rows under the same list. */
export function chooseData(id: string): void {
  data.value = id;
  keep();
  void reset();
}

/** Rows of a step: the module holds places for so many. */
export function chooseBatch(size: number): void {
  if (!Number.isInteger(size) || size < 1 || size > 4096) return;
  batchSize.value = size;
  keep();
  if (file.value === undefined) compileSoon(pause);
}

export function chooseTab(next: State["tab"]): void {
  tab.value = next;
  keep();
}

/** Files of a model in the place of the list. */
export function openFiles({ name, files, fault }: Taken): void {
  clearTimeout(timer);
  batch(() => {
    busy.value = true;
    problems.value = [];
    notice.value = undefined;
    file.value = name;
  });
  if (fault !== undefined) fail(fault);
  else compiler.compile({ files }, batchSize.value);
}

/** Back to the list. */
export function closeFile(): void {
  batch(() => {
    file.value = undefined;
    // They are the file's.
    problems.value = [];
  });
  compileSoon(0);
}

/** The training anew, from the weights that the list's seed gives. */
export async function reset(): Promise<void> {
  const turn = ++resets;
  training?.end();
  training = undefined;
  batch(() => {
    progress.value = undefined;
    points.value = [];
    answerGiven.value = undefined;
    untrained.value =
      compiled.value?.trains === false
        ? "the list has no training: { training: { loss, optimizer } } behind the layers"
        : undefined;
  });
  const [module, set] = [compiled.value, datasets.find(({ id }) => id === data.value)];
  if (module === undefined || !module.trains || set === undefined) return;
  try {
    const loaded = await set.load(fileBeside);
    // Something else may have been chosen while a file came.
    if (turn !== resets) return;
    rows.value = loaded;
    const begun = new Training(trained);
    training = begun;
    begun.ask({ kind: "load", code: module.code, rows: loaded, batch: module.manifest.options.batch, picture: set.picture });
  } catch (error) {
    untrained.value = error instanceof Error ? error.message : String(error);
  }
}

function trained(answer: TrainAnswer): void {
  switch (answer.kind) {
    case "misfit":
      untrained.value = answer.says;
      return;
    case "progress":
      batch(() => {
        progress.value = answer;
        if (answer.points.length > 0) points.value = thinned([...points.value, ...answer.points]);
      });
      return;
    case "asked":
      answerGiven.value = answer.y;
      return;
    case "weights":
      wantsWeights?.(answer.weights);
      wantsWeights = undefined;
  }
}

/** Curves of a long run: every other point of the older half goes when there are more than a screen has columns. */
const thinned = (all: readonly Point[]): readonly Point[] =>
  all.length <= 1000 ? all : all.filter((_, i) => i > all.length / 2 || i % 2 === 0);

export const run = (): void => training?.ask({ kind: "run" });
export const stop = (): void => training?.ask({ kind: "pause" });
export const step = (): void => training?.ask({ kind: "step" });
/** A row for the module as it is trained now. */
export const ask = (x: Float32Array): void => training?.ask({ kind: "ask", x });

/** The module as a file, with the weights of the training where there is one. */
export function exportModule(): void {
  busy.value = true;
  if (training === undefined || progress.value === undefined) compiler.export(undefined);
  else {
    wantsWeights = (weights) => compiler.export(weights);
    training.ask({ kind: "weights" });
  }
}

/** The kernels of what is shown, to be run in the page. */
export async function profile(): Promise<Profile> {
  const module = await imported(`${await compiler.profile()}\nexport { layercProfile };`);
  return (module as { layercProfile(): Profile | Promise<Profile> }).layercProfile();
}

/** Begins. */
export function begin(): void {
  compileSoon(0);
  addEventListener("hashchange", () => {
    const state = stateIn(location.hash);
    if (state === undefined) {
      if (location.hash.length > 1) notice.value = unreadable;
      return;
    }
    chosen = state.report;
    batch(() => {
      [text.value, data.value, tab.value, batchSize.value] = [state.text, state.data, state.tab, state.batch];
      file.value = undefined;
    });
    compileSoon(0);
  });
}

let editor: { go(at: number): void } | undefined;
/** The editor is there. */
export const onEditor = (shown: { go(at: number): void }): void => {
  editor = shown;
};
/** Where a problem stands. */
export const goTo = (at: number): void => editor?.go(at);
