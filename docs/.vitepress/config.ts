// The site of docs/: `npm run docs` builds it into docs/.vitepress/dist, `npm run docs:dev` shows it while one writes. DOCS_BASE is the path under which it
// will lie, "/layerc/" for instance. Nothing is fetched from elsewhere when it is read.
import { defineConfig } from "vitepress";
import { linkOf, nav, root, sidebar } from "./pages.ts";

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g fill="#d9480f"><circle cx="3" cy="4" r="2"/><circle cx="3" cy="12" r="2"/><circle cx="13" cy="8" r="2"/></g><path d="M3 4l10 4-10 4" fill="none" stroke="#d9480f"/></svg>`;

export default defineConfig({
  title: "layerc",
  description: "Compiles neural networks into plain JavaScript modules",
  lang: "en",
  base: process.env.DOCS_BASE ?? "/",
  head: [["link", { rel: "icon", href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  markdown: {
    config(md) {
      // Links are those of the repository; what leaves docs/ has a page of its own here.
      md.core.ruler.push("links", ({ tokens, env }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const name = { link_open: "href", image: "src" }[token.type];
          const link = name === undefined ? null : token.attrGet(name);
          if (name === undefined || link === null || /^([a-z]+:|#|\/)/.test(link)) continue;
          const to = linkOf(env.relativePath, link);
          if (to === undefined) throw new Error(`${env.relativePath}: ${link} leads out of the site`);
          token.attrSet(name, to);
        }
      });
    },
  },
  vite: {
    server: { fs: { allow: [root] } },
    plugins: [
      {
        // Pages show pictures of bench/, which lies beside docs/: a build takes them along, the server of `npm run docs:dev` is told where they are.
        name: "beside",
        configureServer({ middlewares }) {
          middlewares.use((request: { url?: string }, _response: unknown, next: () => void) => {
            if (request.url?.startsWith("/bench/")) request.url = `/@fs${root}${request.url}`;
            next();
          });
        },
      },
    ],
  },
  themeConfig: {
    // The playground is no page of the generator's: its link leaves for it.
    nav: [...nav.map(({ text, link }) => ({ text, link })), { text: "Playground", link: "/playground/", target: "_self" }],
    sidebar: sidebar.map(({ text, items }) => ({ text, items })),
    outline: { level: [2, 3] },
    search: { provider: "local" },
  },
});
