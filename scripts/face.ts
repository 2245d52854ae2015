// The public face as text: every name that a package's doors export, with its type. In: the declarations of the build. Out: a line a
// name, sorted. Guarantee: it changes where what a user can write or read changes, and only there.
import { readFileSync } from "node:fs";
import ts from "typescript";

interface Door {
  readonly types?: string;
}

/** The text of tests/fixtures/public-face.txt. */
export function publicFace(): string {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly exports: Readonly<Record<string, string | Door>>;
  };
  const doors = Object.entries(exports).flatMap(([door, to]) =>
    typeof to === "string" || to.types === undefined ? [] : [{ door, file: to.types }],
  );
  const program = ts.createProgram(
    doors.map(({ file }) => file),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      skipLibCheck: true,
      types: ["node"],
    },
  );
  return doors.map(({ door, file }) => `# layerc${door.slice(1)}\n${namesOf(program, file).join("\n")}\n`).join("\n");
}

function namesOf(program: ts.Program, file: string): readonly string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  // Declarations of modules by pattern (`*?model`) are exported by nobody; their text is the face.
  if (source === undefined || module === undefined) return [shown(source?.text ?? "")];
  return checker
    .getExportsOfModule(module)
    .map((symbol) => `${symbol.name}: ${faceOf(checker, symbol, source)}`)
    .sort();
}

/** In one line, without comments. */
function shown(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")
    .replaceAll(/import\("[^"]*"\)\./g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function faceOf(checker: ts.TypeChecker, exported: ts.Symbol, source: ts.SourceFile): string {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const isValue = (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable)) !== 0;
  if (!isValue) return shown((symbol.declarations ?? []).map((declaration) => declaration.getText()).join(" "));
  const type = checker.getTypeOfSymbolAtLocation(symbol, source);
  // Of a layer its calls are the face; what it holds as a row of a list is not.
  const calls = type.getCallSignatures();
  const flags = ts.TypeFormatFlags.NoTruncation;
  const text =
    calls.length === 0
      ? checker.typeToString(type, source, flags)
      : calls.map((call) => checker.signatureToString(call, source, flags)).join("; ");
  return shown(`${calls.length === 0 ? "const" : "function"} ${text}`);
}
