// Keras' progress line. In: batches and epochs as they end, and where the text goes. Out: on a terminal a line that is written over in
// place, elsewhere a line an epoch without colours. Guarantee: the line is never wider than the terminal while it changes.
import { callable, flag, known, oneOf, type Rule, type Rules } from "../rules.ts";
import type { Logs } from "../trainable.ts";
import type { Callback } from "./define.ts";

/** Where the line goes. */
export interface ProgressBar {
  readonly write: (text: string) => unknown;
  /** Characters of a line. Default 80. */
  readonly columns?: number | (() => number);
  /** Whether what was written can be written over. Default false. */
  readonly isTerminal?: boolean;
  /** 1: the bar; 2: one line an epoch. Default 1. */
  readonly verbose?: 1 | 2;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

const columnsRule: Rule = {
  wanted: "a number of characters, or a function that gives one",
  fits: (value) => typeof value === "function" || (Number.isSafeInteger(value) && Number(value) > 0),
};
const rules: Rules<ProgressBar> = {
  write: callable,
  columns: columnsRule,
  isTerminal: flag,
  verbose: oneOf(1, 2),
  now: callable,
};

/** The width of the bar, and the least time between two updates, as in Keras. */
const width = 20;
const interval = 50;

/** Shows the progress of a training. Throws TypeError where an option does not fit. */
export function progressBar(given: ProgressBar): Callback {
  const {
    write,
    columns = 80,
    isTerminal = false,
    verbose = 1,
    now = () => Date.now(),
  } = known("progressBar", "progressBar.", given, rules);
  if (write === undefined) throw new TypeError("progressBar: write is missing: it takes the text");
  const isLive = isTerminal && verbose === 1;
  let steps: number | undefined;
  let clock = clockFrom(0);
  let shown = 0;
  let last = 0;
  let seen = 0;
  const end = (logs: Logs): void => {
    const time = now();
    const perStep = clock.perStep(seen, time);
    const line = lineOf({
      seen,
      steps: steps ?? seen,
      time: seconds(time - clock.start),
      perStep,
      logs,
      isLive,
      verbose,
      isDone: true,
    });
    write(isLive ? `\r${line.text}${" ".repeat(Math.max(0, shown - line.width))}\n` : `${line.text}\n`);
    shown = 0;
  };
  return {
    onEpochBegin(epoch, { params }) {
      [steps, seen, shown, last, clock] = [params.steps, 0, 0, 0, clockFrom(now())];
      if (params.epochs > 1) write(`Epoch ${epoch + 1}/${params.epochs}\n`);
    },
    onBatchEnd(batch, logs) {
      const time = now();
      seen = batch + 1;
      clock.tick(seen, time);
      if (!isLive || time - last < interval || seen === steps) return;
      last = time;
      const perStep = clock.perStep(seen, time);
      const left = steps === undefined ? seconds(time - clock.start) : eta((perStep * (steps - seen)) / 1000);
      const most = (typeof columns === "function" ? columns() : columns) - 1;
      const line = lineOf({ seen, steps, time: left, perStep, logs, isLive, verbose, isDone: false, most });
      write(`\r${line.text}${" ".repeat(Math.max(0, Math.min(shown, most) - line.width))}`);
      shown = line.width;
    },
    onEpochEnd: (_, logs) => end(logs),
    // What follows begins on a line of its own.
    onTrainError() {
      if (shown > 0) write("\n");
      shown = 0;
    },
  };
}

/** The time of a step: the first one is left out where there are more, since it is not like the others. */
function clockFrom(start: number) {
  let first: number | undefined;
  return {
    start,
    tick(seen: number, now: number): void {
      if (seen === 1) first = now;
    },
    perStep: (seen: number, now: number): number =>
      seen === 0 ? 0 : first === undefined || seen === 1 ? (now - start) / seen : (now - first) / (seen - 1),
  };
}

interface Line {
  readonly seen: number;
  readonly steps: number | undefined;
  /** Left, or taken. */
  readonly time: string;
  /** Milliseconds. */
  readonly perStep: number;
  readonly logs: Logs;
  readonly isLive: boolean;
  readonly verbose: 1 | 2;
  readonly isDone: boolean;
  readonly most?: number;
}

/** The line, and how many characters of it are seen. */
function lineOf({ seen, steps, time, perStep, logs, isLive, verbose, isDone, most = Number.POSITIVE_INFINITY }: Line) {
  const count =
    steps === undefined ? `${String(seen).padStart(7)}/Unknown` : `${String(seen).padStart(String(steps).length)}/${steps}`;
  const filled = isDone ? width : Math.min(width, Math.floor((width * seen) / (steps ?? Number.POSITIVE_INFINITY)));
  const hasBar = verbose === 1 && steps !== undefined;
  const pace = `${durationOf(perStep)}/step`;
  const shownLogs = Object.entries(logs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    // Keras logs it last.
    .sort(([a], [b]) => Number(a === "learning_rate") - Number(b === "learning_rate"))
    .map(([key, value]) => ` - ${key}: ${measureOf(typeof value === "number" ? value : meanOf(value))}`);
  const plain =
    verbose === 2 ? `${count} - ${time} - ${pace}` : `${count} ${hasBar ? `${"━".repeat(width)} ` : ""}${time} ${pace}`;
  // Whole measures, as many as there is room for.
  let rest = "";
  for (const one of shownLogs) {
    if (plain.length + rest.length + one.length > most) break;
    rest += one;
  }
  if (!isLive) return { text: plain + rest, width: plain.length + rest.length };
  const bar = `\x1b[32m${"━".repeat(filled)}\x1b[0m\x1b[37m${"━".repeat(width - filled)}\x1b[0m `;
  const text = `\x1b[1m${count}\x1b[0m ${hasBar ? bar : ""}\x1b[1m${time}\x1b[0m ${pace}${rest}`;
  return { text, width: plain.length + rest.length };
}

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1000)}s`;
const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");

/** Seconds that are left: 12s, 1:05, 1:00:00. */
function eta(left: number): string {
  if (left > 3600) return `${Math.floor(left / 3600)}:${two((left % 3600) / 60)}:${two(left % 60)}`;
  return left > 60 ? `${Math.floor(left / 60)}:${two(left % 60)}` : `${Math.floor(left)}s`;
}

/** Milliseconds in the largest unit that fits. */
function durationOf(time: number): string {
  if (time >= 1000 || time === 0) return `${Math.round(time / 1000)}s`;
  return time >= 1 ? `${Math.round(time)}ms` : `${Math.round(time * 1000)}us`;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Four digits; what is near 0 with its power of ten, as Python spells it. */
function measureOf(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Math.abs(value) > 1e-3) return value.toFixed(4);
  const [digits, power] = value.toExponential(4).split("e");
  return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}
