import * as model from "./__MODEL__?model";

// A row of zeros, or of empty texts, for every input: something to begin with.
const { types: texts = {} }: { types?: Readonly<Record<string, string>> } = { ...model };
const rowOf = (name: string, shape: readonly number[]) =>
  Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => (texts[name] === "string" ? "" : 0));
const rows = Object.entries(model.inputs).map(([name, shape]) => [name, rowOf(name, shape)] as const);

const input = document.querySelector("#input") as HTMLTextAreaElement;
const answer = document.querySelector("#answer") as HTMLPreElement;
input.value = JSON.stringify(rows.length === 1 ? rows[0][1] : Object.fromEntries(rows));

function show(): void {
  try {
    const y: unknown = model.predict(JSON.parse(input.value));
    answer.textContent = JSON.stringify(y, (_, value) => (ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value));
  } catch (error) {
    answer.textContent = String(error);
  }
}
input.addEventListener("input", show);
show();

// A changed model is swapped in place; what it answers now is shown at once.
import.meta.hot?.on("vite:afterUpdate", show);
