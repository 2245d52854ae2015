// Types of ports in a module's declarations: rows for inputs, arrays for outputs, by name where there are several.
import type { Port } from "../../../artifact.ts";
import { isMean, type Log } from "../../../front/steps.ts";
import { Code, js, keyText, literal } from "../../code.ts";
import type { ModuleParts } from "../parts.ts";

const fields = (ports: readonly Port[], type: (port: Port) => Code, readonly: string): Code =>
  new Code(
    `{ ${ports.map((port) => `/** [${port.shape.map((size) => literal(size).text).join(", ")}] */ ${readonly}${keyText(port.name)}: ${type(port).text}`).join("; ")} }`,
  );
const rowsOf = ({ type }: Port): Code => (type === "string" ? js`Texts` : js`Rows`);

/** What predict takes. */
export const inputsType = ({ inputs }: ModuleParts): Code =>
  inputs.length === 1 ? rowsOf(inputs[0]) : fields(inputs, rowsOf, "readonly ");
/** What predict gives. */
export const outputsType = ({ outputs }: ModuleParts): Code =>
  outputs.length === 1 ? arrayOf(outputs[0]) : fields(outputs, arrayOf, "");
const arrayOf = ({ type }: Port): Code => (type === "string" ? js`string[]` : js`Float32Array`);
/** What the outputs are held against. */
export const targetsType = (targets: readonly Port[], { outputs }: ModuleParts): Code =>
  outputs.length === 1 ? js`Rows` : fields(targets, rowsOf, "readonly ");
/** The same for the weight of each row, which an output may do without. */
export const weightsType = (ports: readonly Port[], { outputs }: ModuleParts): Code =>
  outputs.length === 1 ? js`Rows` : new Code(`{ ${ports.map(({ name }) => `readonly ${keyText(name)}?: Rows`).join("; ")} }`);
/** The losses and metrics of evaluate and getMetrics. */
export const logsType = (logs: readonly Log[]): Code =>
  new Code(
    `{ ${logs.map((log) => `${keyText(log.key)}: ${isMean(log) || log.shape.length === 0 ? "number" : "number[]"}`).join("; ")} }`,
  );
