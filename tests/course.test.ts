// The course: each program, at reduced size, shows what its lesson claims; the pages hold the programs as they are, and the cheapest lesson is made
// again in full and compared. After a change: npm run update-course.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { answer as plane } from "../examples/course/1-single-unit/answer.ts";
import { main as unit } from "../examples/course/1-single-unit/main.ts";
import { answer as apart } from "../examples/course/2-deep-net/answer.ts";
import { main as deep } from "../examples/course/2-deep-net/main.ts";
import { answer as tooFar } from "../examples/course/3-gradient-descent/answer.ts";
import { main as descent } from "../examples/course/3-gradient-descent/main.ts";
import { answer as capacities } from "../examples/course/4-overfitting/answer.ts";
import { main as overfitting } from "../examples/course/4-overfitting/main.ts";
import { answer as rawPixels } from "../examples/course/5-dropout/answer.ts";
import { main as dropped } from "../examples/course/5-dropout/main.ts";
import { answer as thresholds } from "../examples/course/6-binary/answer.ts";
import { main as binary } from "../examples/course/6-binary/main.ts";
import { lessons } from "../examples/course/list.ts";
import { pageOf, pictureOf, runBlocks, sourceBlocks } from "../scripts/course.ts";
import { fill } from "../scripts/markdown.ts";
import { near } from "./close.ts";
import { standard } from "./exemptions.ts";

const last = (list: readonly number[]): number => list[list.length - 1];

describe("the programs", () => {
  beforeAll(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));
  afterAll(() => void vi.restoreAllMocks());

  it("1: the unit finds the line of least squares, and a plane is no worse", async () => {
    const { x, y, weight, bias, loss } = await unit();
    const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
    const [mx, my] = [mean(x), mean(y)];
    const slope = mean(x.map((at, i) => (at - mx) * (y[i] - my))) / mean(x.map((at) => (at - mx) ** 2));
    const errorOf = (w: number, b: number): number => mean(x.map((at, i) => (w * at + b - y[i]) ** 2));
    const least = errorOf(slope, my - slope * mx);
    // Its steps never rest, since each sees other countries: it stays near the least error, and not at it.
    expect(errorOf(weight, bias)).toBeGreaterThanOrEqual(least);
    expect(errorOf(weight, bias)).toBeLessThan(1.1 * least);
    const wide = await plane();
    expect(wide.kernel).toHaveLength(2);
    expect(last(wide.loss)).toBeLessThan(1.05 * last(loss));
  });

  it("2: each hidden layer helps, an activation apart is the same, and all that is linear is a line", async () => {
    const { loss, functions } = await deep({ epochs: 12, rows: 2000 });
    expect(loss["one unit"]).toBeGreaterThan(2 * loss["2-4-3-1"]);
    expect(loss["2-32-32-1"]).toBeLessThan(loss["2-4-3-1"]);
    const [relu] = functions;
    expect(relu.points.map(([, out]) => out)).toEqual(relu.points.map(([given]) => Math.fround(Math.max(0, given))));
    const { isSame, loss: byName } = await apart({ epochs: 2, rows: 1000 });
    expect(isSame).toBe(true);
    for (const curve of byName) expect(last(curve)).toBeLessThan(curve[0]);
  });

  it("3: rates and batches make the curves they are said to make, and a rate too large is refused", async () => {
    const { rates, batches, curves } = await descent({ epochs: 15 });
    for (const { history } of rates) expect(last(history.loss)).toBeLessThan(history.loss[0]);
    const [slow, better, good] = rates.map(({ history }) => last(history.loss));
    expect(better).toBeLessThan(slow);
    expect(good).toBeLessThan(better);
    expect(last(batches[0].history.loss)).toBeLessThan(last(batches[2].history.loss));
    expect(last(curves.val_loss)).toBeLessThan(curves.val_loss[0]);
    expect((await tooFar()).message).toMatch(/loss is \S+ in epoch \d+, batch \d+/);
  });

  it("4: a line underfits, the large net overfits, early stopping gives the best weights back", async () => {
    const { found } = await overfitting({ epochs: 250 });
    const [line, large, stopped] = found;
    expect(line.kept).toBeGreaterThan(2 * stopped.kept);
    expect(last(large.history.loss)).toBeLessThan(large.history.loss[large.best.epoch - 1]);
    expect(last(large.history.val_loss)).toBeGreaterThan(large.best.value);
    expect(stopped.ran).toBeLessThan(large.ran);
    near(stopped.kept, stopped.best.value, standard.losses);
    expect(stopped.kept).toBeLessThan(large.kept);
    const { best } = await capacities({ epochs: 110 });
    expect(best[0]).toBeGreaterThan(2 * Math.min(...best.slice(2)));
  });

  it("5: digits not learned from are told better with dropout, and with batch normalisation; raw pixels need it", async () => {
    const { found } = await dropped({ epochs: 10, rows: 300 });
    const [plain, withDropout, normalised] = found.map(({ history }) => history);
    expect(last(withDropout.val_loss)).toBeLessThan(last(plain.val_loss));
    expect(last(withDropout.loss)).toBeGreaterThan(last(plain.loss));
    expect(last(normalised.val_loss)).toBeLessThan(last(plain.val_loss));
    expect(normalised.val_loss[2]).toBeLessThan(plain.val_loss[2]);
    const { accuracy } = await rawPixels({ epochs: 3, rows: 200 });
    expect(accuracy[1]).toBeGreaterThan(2 * accuracy[0]);
  });

  it("6: most days are told right, the histogram counts each once, and precision is paid for by recall", async () => {
    const { right, guess, labels, counts, history } = await binary({ epochs: 8 });
    expect(right).toBeGreaterThan(guess + 0.2);
    expect(last(history.loss)).toBeLessThan(history.loss[0]);
    expect(counts.flat().reduce((a, b) => a + b, 0)).toBe(labels.length);
    const { of } = await thresholds({ epochs: 8 });
    const recalls = of.map(({ recall }) => recall);
    expect(recalls).toEqual(recalls.toSorted((a, b) => b - a));
    expect(of[2].precision).toBeGreaterThan(of[0].precision);
  });
});

describe.each(lessons.map((lesson) => [lesson.folder, lesson] as const))("the page of %s", (_, lesson) => {
  const page = readFileSync(pageOf(lesson), "utf8");
  /** What a block that comes from a run holds now. */
  const kept = (name: string): string => new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)\n<!-- /${name} -->`).exec(page)?.[1] ?? "";

  it("holds the programs as they are", () => {
    const blocks = { ...sourceBlocks(lesson), prints: kept("prints"), answers: kept("answers") };
    expect(page, "npm run update-course").toBe(fill(page, blocks));
    expect(kept("prints").split("\n").length).toBeGreaterThan(3);
    expect(kept("answers").split("\n").length).toBeGreaterThan(2);
  });

  it("shows pictures and links to pages that are there", () => {
    const targets = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target);
    expect(targets.length).toBeGreaterThan(1);
    expect(targets.filter((target) => !existsSync(join(dirname(pageOf(lesson)), target)))).toEqual([]);
    const pictures = readdirSync(dirname(pageOf(lesson))).filter((file) => file.startsWith(`${lesson.folder}-`));
    expect(pictures.filter((file) => !targets.includes(file))).toEqual([]);
  });
});

it("the first lesson prints and draws in full what its page shows", async () => {
  const [lesson] = lessons;
  const { blocks, plots } = await runBlocks(lesson);
  const page = readFileSync(pageOf(lesson), "utf8");
  expect(page, "npm run update-course").toBe(fill(page, { ...sourceBlocks(lesson), ...blocks }));
  for (const [name, svg] of Object.entries(plots)) expect(readFileSync(pictureOf(lesson, name), "utf8")).toBe(svg);
});
