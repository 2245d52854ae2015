// An error shows itself whole to whoever knows nothing of its fields, and its parts to those who do.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { diagnosticJson, paint, renderDiagnostic } from "../../src/cli/render.ts";
import { dense, sequential } from "../../src/sequential.ts";

function thrown(run: () => unknown): CompileError {
  try {
    run();
  } catch (error) {
    if (error instanceof CompileError) return error;
  }
  return expect.fail("no CompileError was thrown");
}

describe("a CompileError", () => {
  const error = thrown(() => compile(sequential([dense({ unitss: 1, inputShape: [2] } as never)])));
  const bare = 'dense has no key "unitss"';
  const hint = 'did you mean "units"?';

  it("holds path and hint in its message", () => {
    expect(error.message).toBe(`layers[0].unitss: ${bare} (${hint})`);
    expect(String(error)).toBe(`CompileError: layers[0].unitss: ${bare} (${hint})`);
    expect(error.stack).toContain(hint);
  });

  it("gives its parts as data, once each", () => {
    expect(error.diagnostic).toEqual({ code: "layer/config", path: "layers[0].unitss", message: bare, hint, notes: [] });
    const text = renderDiagnostic(error.diagnostic, paint(false));
    expect(text).toBe(`layer/config  layers[0].unitss\n  ${bare}\n  hint  ${hint}`);
    expect(diagnosticJson(error.diagnostic)).toMatchObject({ message: bare, hint, path: "layers[0].unitss" });
  });

  it("has neither where there is none", () => {
    expect(new CompileError({ code: "file/write", path: "", message: "no" }).message).toBe("no");
    expect(new CompileError({ code: "file/write", path: "a", message: "no" }).message).toBe("a: no");
    expect(new CompileError({ code: "file/write", path: "", message: "no", hint: "yes" }).message).toBe("no (yes)");
  });

  it("learns more without saying anything twice", () => {
    const more = error.with({ under: "outer", note: "a note", at: { file: "f", line: 1, column: 2 } }).with({ note: "another" });
    expect(more.message).toBe(`outer.layers[0].unitss: ${bare} (${hint})`);
    expect(more.diagnostic).toMatchObject({ message: bare, notes: ["a note", "another"], at: { file: "f", line: 1, column: 2 } });
  });
});
