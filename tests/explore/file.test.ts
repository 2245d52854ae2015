// A report as a file: what runs in it is ours, by hash; what a model holds is data. And its parts that are more than a text: activations, a profile.
import { createHash } from "node:crypto";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { collectWith } from "../../src/explore/collect/index.ts";
import { compareReports } from "../../src/explore/compare.ts";
import type { Profile } from "../../src/explore/page/profile.ts";
import { profileOf } from "../../src/explore/page/typed.ts";
import type { Report } from "../../src/explore/report.ts";
import { openReport } from "../../src/explore/saved.ts";
import { isReport, reportHtml } from "../../src/explore/write.ts";
import { near } from "../close.ts";
import { standard } from "../exemptions.ts";
import { cases, hostile } from "./models.ts";

const shell = { script: "document.title;", curves: "void 0;", style: "p { color: red; }" };
const made = new Map<string, Report>();
const reportOf = (name: keyof typeof cases): Report => {
  const known = made.get(name) ?? collectWith(cases[name].model, cases[name].options, { profile: true, typed: true }).report;
  made.set(name, known);
  return known;
};

/** Elements of a kind with what stands in their tag and within, as a browser splits them: up to the first end tag. */
const elements = (html: string, name: string) =>
  [...html.matchAll(new RegExp(`<${name}([^>]*)>(.*?)</${name}`, "gis"))].map(([, tag, text]) => ({ tag, text }));

describe("the file of a hostile model", () => {
  const report = reportOf("hostile");
  const html = reportHtml(report, shell);

  it("has a policy that lets nothing run but what is listed", () => {
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html)?.[1] ?? "";
    expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.indexOf("<script"));
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval'(?<!'wasm-unsafe-eval')|https?:/);
    const hashes = [...policy.matchAll(/'sha256-([^']*)'/g)].map(([, hash]) => hash);
    const running = elements(html, "script").filter(({ tag }) => !tag.includes("application/json"));
    const found = [...running, ...elements(html, "style")].map(({ text }) => createHash("sha256").update(text).digest("base64"));
    expect(found.sort()).toEqual(hashes.sort());
    expect(running.map(({ text }) => text)).toEqual([report.profile, report.calls, shell.script]);
  });

  it("has the report as data, every character of it, and no name as markup", () => {
    const [data, ...others] = elements(html, "script").filter(({ tag }) => tag.includes("application/json"));
    expect(others).toEqual([]);
    const { profile, calls, ...rest } = report;
    expect(JSON.parse(data.text)).toEqual(rest);
    expect(rest.model).toBe(hostile);
    // Within a script a tag that begins one is text, as long as no comment does.
    expect(html).not.toMatch(/<!--/);
    expect(html.match(/<\/script/gi)).toHaveLength(4);
    expect(html.match(/<\/style/gi)).toHaveLength(1);
  });

  it("is known as ours", () => {
    expect(isReport(new TextEncoder().encode(html))).toBe(true);
    expect(isReport(new TextEncoder().encode("<!doctype html><p>"))).toBe(false);
  });
});

describe.each(["looped", "training step", "recurrent", "branching", "shared"])("the profile of %s", (name) => {
  it("runs each kernel that the report lists, and gives no error", () => {
    const report = reportOf(name);
    const context: Record<string, unknown> = { WebAssembly };
    const { kernels } =
      report.profile === undefined
        ? profileOf(runInNewContext(`${report.calls}\nlayercCalls`, context))
        : (runInNewContext(`${report.profile}\nlayercProfile()`, context) as Profile);
    for (const { run } of kernels) run();
    const listed = report.goals.flatMap((goal) =>
      goal.kernels.filter(({ target }) => target === "js").map((kernel) => kernel.name),
    );
    const run = new Set(kernels.filter(({ target }) => target === "js").map((kernel) => kernel.name));
    expect(listed.filter((kernel) => !run.has(kernel) && name !== "training step")).toEqual([]);
    if (cases[name].options.target === "simd") expect(kernels.some(({ target }) => target !== "js")).toBe(true);
  });
});

describe("activations", () => {
  it.each(["seed", "branching", "recurrent"])("of %s are near the doubles, and in their range", (name) => {
    const { activations, things } = reportOf(name);
    expect(activations.length).toBe(2);
    for (const { input, rows } of activations) {
      expect(input.flat().length).toBeGreaterThan(0);
      expect(rows.length).toBeGreaterThan(0);
      for (const { thing, least, most, mean, error, values } of rows) {
        expect(things[thing].kind).toBe("region");
        // The mean is summed in doubles, which may round past its terms.
        near(Math.min(most, Math.max(least, mean)), mean, standard.doubles);
        near(error, 0, standard.layers);
        expect(values.length).toBeGreaterThan(0);
      }
    }
  });

  it("of the seed end with what the module predicts", async () => {
    const { activations } = reportOf("seed");
    const { artifact } = collectWith(cases.seed.model, {}, {});
    const module = (await import(`data:text/javascript,${encodeURIComponent(artifact.code)}`)) as {
      predict(x: readonly number[]): Float32Array;
    };
    for (const { input, rows } of activations)
      expect(rows.at(-1)?.values).toEqual([...module.predict(input[0] as readonly number[])]);
  });
});

describe("a comparison", () => {
  it("of a report with itself, saved and opened, finds nothing", () => {
    const report = reportOf("branching");
    const saved = openReport(new TextEncoder().encode(JSON.stringify(report)));
    expect(saved).toEqual(report);
    expect(compareReports(report, saved as Report).changes).toEqual([]);
  });

  it("says what changed by name", () => {
    const { changes } = compareReports(reportOf("looped"), reportOf("training step"));
    expect(changes).toContainEqual({ part: "facts", name: "trainStep", what: "", b: "an entry" });
    const other = compareReports(reportOf("seed"), reportOf("shared")).changes;
    expect(other.find(({ part, what }) => part === "layers" && what === "name")).toMatchObject({ a: "hidden1", b: "dense" });
    expect(other.some(({ part }) => part === "kernels")).toBe(true);
  });

  it("refuses a file that only begins like a report", () => {
    const bytes = new TextEncoder().encode('{ "layerc": "0.1.0", "goals": 1 }');
    expect(() => openReport(bytes)).toThrow(expect.objectContaining({ code: "report/saved" }));
    expect(openReport(new TextEncoder().encode('{"name":"net"}'))).toBeUndefined();
  });

  it.each(["fetch('/')", "document.title = 1", "}", 7])("refuses a report whose script is %j", (script) => {
    const report = { ...reportOf("looped"), calls: script };
    expect(() => openReport(new TextEncoder().encode(JSON.stringify(report)))).toThrow(
      expect.objectContaining({ code: "report/saved" }),
    );
  });
});
