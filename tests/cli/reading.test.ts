// What `layerc inspect` makes of a stage's text for a person: captions of addresses, folded kernels, the lines of one layer.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it, test } from "vitest";
import { captionOf } from "../../src/explore/captions.ts";
import { layerc } from "./bin.ts";

describe("a caption", () => {
  test.each<[address: string, shape: readonly number[], caption: string | undefined]>([
    ["60*i0 + 12*i1 + i2", [1, 5, 12], "i0, i1, i2"],
    ["60*i0 + i1 + 12*t0", [1, 5, 12], "i0, t0, i1"],
    ["12*i0 + i1 + 9", [1, 12], "i0, i1 + 9"],
    ["0", [3, 4], "0, 0"],
    ["17", [3, 4], "4, 1"],
    ["8*i0 + 5", [3, 4], "2*i0 + 1, 1"],
    ['8*"i3/" + "i3%"', [2, 8], '"i3/", "i3%"'],
    ["i0", [4], undefined],
    ["row(ids[i0], 8)*4 + i1", [8, 4], undefined],
    ["x - 1", [8, 4], undefined],
  ])("of %s in %j is %s", (address, shape, caption) => expect(captionOf(address, shape)).toBe(caption));

  it("is the address again", () => {
    const extents = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 2, maxLength: 4 });
    const terms = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.constantFrom("i0", "i1", "k0")), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(extents, terms, fc.nat(400), (shape, factors, constant) => {
        const address = [...factors.map(([factor, name]) => `${factor}*${name}`), ...(constant > 0 ? [`${constant}`] : [])].join(
          " + ",
        );
        const values = { i0: 3, i1: 5, k0: 11 };
        const numberOf = (text: string): number =>
          new Function(...Object.keys(values), `return ${text}`)(...Object.values(values));
        const places = captionOf(address, shape)?.split(", ").map(numberOf) ?? [];
        const stride = (axis: number): number => shape.slice(axis + 1).reduce((size, extent) => size * extent, 1);
        expect(places).toHaveLength(shape.length);
        expect(places.reduce((sum, place, axis) => sum + place * stride(axis), 0)).toBe(numberOf(address));
      }),
      { seed: 4 },
    );
  });
});

describe("layerc inspect", () => {
  const folder = mkdtempSync(join(tmpdir(), "reading-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const layers = [
    { name: "state", layer: "lstm", config: { units: 3, inputShape: [5, 2] } },
    { name: "out", layer: "dense", config: { units: 1 } },
  ];
  writeFileSync(join(folder, "net.json"), JSON.stringify({ name: "net", seed: 1, layers }));
  const inspect = async (...args: readonly string[]): Promise<string> => {
    const run = await layerc(folder, ["inspect", "net.json", "--target", "js", ...args]);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    return run.stdout;
  };

  it("says addresses by axes, gates by name, and folds what is long; --plain is the text itself", async () => {
    const [shown, plain] = [await inspect("--after", "nests"), await inspect("--after", "nests", "--plain")];
    expect(shown).toMatch(/\n {4}store state\.inputs\[60\*i0 \+ 12\*i1 \+ i2\] = acc {3}# state\.inputs\[i0, i1, i2\]\n/);
    expect(shown).toMatch(/\n {4}… \d+ more lines \(--plain prints them\)\n/);
    expect(plain).not.toMatch(/more lines|#/);
    // Nothing else differs.
    for (const line of shown.split("\n").filter((line) => !line.includes("more lines")))
      expect(plain).toContain(line.replace(/ {3}# .*/, ""));
    expect(await inspect("--after", "build")).toMatch(/sigmoid\(%\d+\) : \[n, 3\] {2}# layers\[0\] lstm "state"\.forget_gate\n/);
  });

  it("shows every pass, and of one layer its lines alone", async () => {
    const all = await inspect("--all");
    for (const title of ["graph after build", "plan after plan", "schedule after schedule, for js", "program after lower"])
      expect(all).toContain(`== ${title}`);
    expect(all).toMatch(/== graph after hoist: unchanged\n/);
    const own = await inspect("--all", "--layer", "out");
    expect(own).toMatch(/== plan after plan\nplan predict [^\n]*\nregion r\d+ [^\n]*layers\[1\] dense "out"\n/);
    expect(own).not.toContain("layers[0]");
    expect(await inspect("--after", "plan", "--layer", "layers[1]")).toBe(await inspect("--after", "plan", "--layer", "out"));
    expect(JSON.parse(await inspect("--all", "--json")).length).toBeGreaterThan(6);
  });

  it("says which layers there are", async () => {
    const { status, stderr } = await layerc(folder, ["inspect", "net.json", "--layer", "stat"]);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/no layer that computes anything is called "stat"[\s\S]*"state"/),
    ]);
    const both = await layerc(folder, ["inspect", "net.json", "--all", "--after", "plan"]);
    expect([both.status, both.stderr]).toEqual([2, expect.stringContaining("cannot be used with")]);
  });
});
