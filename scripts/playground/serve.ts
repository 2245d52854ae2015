// `npm run playground`: builds the page and shows it; `npm run playground -- folder` writes it there instead. In: the tree. Out: a folder, or an address.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
};

/** Gives the files of a folder, and none outside it, to this machine alone. */
export function serve(folder: string, port = 0): Promise<{ readonly address: string; readonly server: Server }> {
  const server = createServer(({ url = "/" }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, "http://x").pathname)).replace(/\/$/, "/index.html");
    const file = join(folder, path);
    if (!file.startsWith(resolve(folder)) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  return new Promise((settle) => {
    server.listen(port, "127.0.0.1", () => {
      settle({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { buildPlayground } = await import("./build.ts");
  const [to] = process.argv.slice(2);
  const folder = resolve(to ?? "node_modules/.cache/playground");
  const sizes = await buildPlayground(folder);
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  process.stdout.write(`${folder}: ${Object.keys(sizes).length} files, ${Math.round(total / 1000)} KB compressed\n`);
  if (to === undefined) process.stdout.write(`${(await serve(folder, 4173)).address}\n`);
}
