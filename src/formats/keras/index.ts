// `.keras` files of Keras 3: a zip archive of metadata.json, config.json and the weights. In: bytes nobody vouches for. Out: a Model, or a
// CompileError that names what is wrong or missing. Every layer is a row of the list of layers; nothing of a file is ever run.
// Guarantee: every variable of every layer in the file is read, by a weight of its shape, or the file is refused.
// https://keras.io/api/models/model_saving_apis/model_saving_and_loading/
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import type { Model } from "../../../compiler/model.ts";
import { decode, type Facts, type Format, type Given, steppedOver } from "../define.ts";
import { parsePython } from "../keras2/json.ts";
import { withSizes } from "../sizes.ts";
import { type Archive, openZip } from "../zip.ts";
import { compiledIn } from "./compiled.ts";
import { arrayFactsIn, layerFacts, said } from "./facts.ts";
import { linesOf } from "./model.ts";
import { emptyStore, storeOf, weightFiles } from "./store.ts";
import { quote, unsupported } from "./values.ts";
import { weightsOf } from "./weights.ts";

/** Models that Keras 3 saved. */
export const keras: Format = {
  open: openKeras,
  facts: (bytes, given) => {
    const archive = openZip(bytes);
    const jsonIn = (name: string) => (archive.has(name) ? jsonOf(archive, name) : undefined);
    return kerasFacts(archive, jsonIn("metadata.json"), jsonIn("config.json"), given);
  },
};

/** What an archive of any Keras says of itself. */
export function kerasFacts(archive: Archive, metadata: unknown, config: unknown, given: Given): Facts {
  const { keras_version: version, date_saved: date } = isPlain(metadata) ? metadata : {};
  const weights = steppedOver(given.refuse, () => arrayFactsIn(weightFiles(archive), given), () => undefined); // biome-ignore format: one line
  const parts = layerFacts(config);
  return {
    says: said([["Keras version", version], ["saved", date]]), // biome-ignore format: one line
    ...(parts === undefined ? {} : { parts }),
    ...(weights === undefined ? {} : { weights }),
  };
}

function openKeras(bytes: Uint8Array, given: Given): Model {
  const archive = openZip(bytes);
  if (!archive.has("config.json"))
    unsupported("", `the archive is no model of Keras: it holds ${archive.names.slice(0, 5).map(quote).join(", ")}`);
  const store = storeOf(archive);
  const config = jsonOf(archive, "config.json");
  const lines = linesOf(config, store, given);
  const model = withSizes(lines.model, given);
  if (lines.isRefused) return model;
  const whole = { ...model, weights: weightsOf({ ...lines, model }, store, given) };
  return compiledIn(config, whole, lines, store);
}

/** The Model of a config alone, as `model.get_config` and `to_json` give it: without weights. Throws CompileError `format/…`. */
export const fromConfig = (config: unknown): Model => linesOf(config, emptyStore).model;

const jsonOf = (archive: Archive, name: string): unknown => parsePython(decode(archive.read(name)), name);
