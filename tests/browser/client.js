// Runs in a page and in its worker: imports emitted modules, starts them as a user would, and shows what they computed.
// `/cases.json` says which there are; the server has `drive` as a module.
import { drive } from "/drive.js";

/** The compiled kernels for `create`: relaxed where the engine knows them; nothing where it may not compile. */
async function compiled(name) {
  for (const file of [`/${name}.relaxed.wasm`, `/${name}.wasm`]) {
    const response = await fetch(file);
    if (!response.ok) continue;
    const bytes = await response.arrayBuffer();
    try {
      if (WebAssembly.validate(bytes)) return await WebAssembly.compile(bytes);
    } catch {
      return undefined;
    }
  }
}

async function run({ name, external, imported, data }) {
  const exported = await import(`/${name}.js`);
  const given = [
    ...(external ? [await (await fetch(`/${name}.bin`)).arrayBuffer()] : []),
    ...(imported ? [await compiled(name)] : []),
  ];
  const module = given.length > 0 ? exported.create(...given) : exported;
  module.selfTest();
  return { name, backend: module.backend ?? "js", out: drive(module, data) };
}

async function all() {
  const results = [];
  for (const one of await (await fetch("/cases.json")).json()) results.push(await run(one));
  return results;
}

if (typeof document === "undefined") {
  all().then(
    (results) => postMessage({ results }),
    (error) => postMessage({ error: String(error) }),
  );
} else {
  const show = (found) => {
    document.querySelector("output").textContent = JSON.stringify(found);
    document.title = "done";
  };
  if (location.hash === "#worker") {
    const worker = new Worker("/client.js", { type: "module" });
    worker.onmessage = ({ data }) => show(data);
    worker.onerror = ({ message }) => show({ error: message });
  } else {
    all().then(
      (results) => show({ results }),
      (error) => show({ error: String(error) }),
    );
  }
}
