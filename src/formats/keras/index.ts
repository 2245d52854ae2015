// `.keras` files of Keras 3: a zip archive of metadata.json, config.json and the weights. In: bytes nobody vouches for. Out: a Model, or a
// CompileError that names what is wrong or missing. Every layer is a row of the list of layers; nothing of a file is ever run.
// Guarantee: every variable of every layer in the file is read, by a weight of its shape, or the file is refused.
// https://keras.io/api/models/model_saving_apis/model_saving_and_loading/
import type { Model } from "../../../compiler/model.ts";
import { decode, type Format, type Given } from "../define.ts";
import { parseJson } from "../json.ts";
import { withSizes } from "../sizes.ts";
import { type Archive, isZip, openZip } from "../zip.ts";
import { linesOf } from "./model.ts";
import { emptyStore, storeOf } from "./store.ts";
import { quote, unsupported } from "./values.ts";
import { weightsOf } from "./weights.ts";

/** Models that Keras 3 saved. */
export const keras: Format = {
  name: ".keras files of Keras 3",
  sniff: (head) => isZip(head),
  open: openKeras,
};

function openKeras(bytes: Uint8Array, given: Given): Model {
  const archive = openZip(bytes);
  if (!archive.has("config.json"))
    unsupported("", `the archive is no model of Keras: it holds ${archive.names.slice(0, 5).map(quote).join(", ")}`);
  const store = storeOf(archive);
  const lines = linesOf(jsonOf(archive, "config.json"), store, given);
  const model = withSizes(lines.model, given);
  return { ...model, weights: weightsOf({ ...lines, model }, store) };
}

/** The Model of a config alone, as `model.get_config` and `to_json` give it: without weights. Throws CompileError `format/…`. */
export const fromConfig = (config: unknown): Model => linesOf(config, emptyStore).model;

const jsonOf = (archive: Archive, name: string): unknown => parseJson(decode(archive.read(name)), "format/json", name);
