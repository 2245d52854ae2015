// A report as one file. In: a report, the page's script and style sheet. Out: HTML that needs nothing else. Guarantee: what runs in it is what is built
// with layerc, or emitted by it, each by its hash; whatever a model holds is data there, and no browser takes it for anything else.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { internal } from "../../compiler/diagnostics/error.ts";
import type { Report } from "./report.ts";

/** What runs in the page: the page itself, what draws curves, its style sheet. */
export interface Shell {
  readonly script: string;
  readonly curves: string;
  readonly style: string;
}

/** The page as it was built. Throws an internal error where it was not. */
export function builtShell(): Shell {
  const here = import.meta.dirname;
  const folders = [join(here, "page"), join(here, "../../dist/src/explore/page")];
  const folder = folders.find((one) => existsSync(join(one, "shell.js"))) ?? internal("the page of reports is not built");
  const text = (name: string): string => readFileSync(join(folder, name), "utf8");
  return { script: text("shell.js"), curves: text("curves.js"), style: text("shell.css") };
}

const opening = '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="generator" content="layerc">\n';

/** Whether a file is a report of ours. */
export const isReport = (bytes: Uint8Array): boolean => new TextDecoder().decode(bytes.subarray(0, opening.length)) === opening;

/** The file. */
export function reportHtml(report: Report, { script, curves, style }: Shell = builtShell()): string {
  const { profile, calls, other, ...data } = report;
  const scripts = [
    ...(report.training === undefined ? [] : [curves]),
    ...[profile, calls, other && otherScript(other)].filter((one) => one !== undefined),
    script,
  ];
  const sheet = `html,body,#page{height:100%;margin:0}${style}`;
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(" ")}${(profile ?? other?.profile) === undefined ? "" : " 'wasm-unsafe-eval'"}`,
    `style-src ${hashOf(sheet)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const { compared } = report;
  const title =
    compared === undefined ? `${report.model}: what layerc does with it` : `${compared.a.model} and ${compared.b.model}`;
  return [
    `${opening}<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${asText(title)}</title>`,
    `<style>${element(sheet, "style")}</style>`,
    '<body><div id="page"></div>',
    `<script type="application/json" id="report">${asData(data)}</script>`,
    ...scripts.map((text) => `<script>${element(text, "script")}</script>`),
    "",
  ].join("\n");
}

/** The script of A in a comparison, under a name of its own: that of B has its. */
function otherScript({ profile, calls }: NonNullable<Report["other"]>): string {
  const found = profile === undefined ? (calls === undefined ? "" : "layercCalls") : "layercProfile";
  return `var layercOther = (() => {\n${profile ?? calls ?? ""}return { ${found} };\n})();\n`;
}

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** JSON in which nothing begins or ends an element or a comment. */
const asData = (data: object): string => JSON.stringify(data).replaceAll("<", "\\u003c");

const signs: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Text as text; what no document may hold becomes a sign for it. */
const asText = (text: string): string =>
  text.replace(/\p{Cc}/gu, "\ufffd").replace(/[&<>"]/g, (sign) => signs[sign]); // biome-ignore format: one line

/** Our own text as an element's; it is none that would end it, or begin a comment. */
const element = (text: string, name: string): string =>
  new RegExp(`</${name}|<!--`, "i").test(text) ? internal(`the page's ${name} would end early`) : text;
