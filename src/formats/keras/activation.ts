// Activations of the file's author: a function by its name, which no file holds. In: a layer's config. Out: that name; and of a layer whose
// activation comes last, the layer without it, behind which a line of the user's definition stands.
//
//   {class_name: "function", config: "my_act"}, "package>my_act" where it was registered, "my_act" in files of Keras 2
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { activationSchema } from "../../../compiler/layers/activations.ts";
import { type Keys, quote, type Serialized, unsupported } from "./values.ts";

/** The activation that is none of Keras'; undefined where there is none such. */
export function ownActivation({ activation }: Keys): string | undefined {
  const name = isPlain(activation) && activation.class_name === "function" ? activation.config : activation;
  return typeof name === "string" && !activationSchema.safeParse(name).success ? name : undefined;
}

/** Layers that apply their activation to what they give. */
const last = /^(Dense|EinsumDense|Activation|(Depthwise|Separable)?Conv[123]D(Transpose)?)$/;

/** Whether the activation can be a line behind the layer. */
export const comesLast = ({ class_name }: Pick<Serialized, "class_name">): boolean => last.test(class_name);

/** The layer with an activation that changes nothing. Throws CompileError format/unsupported where it is applied within. */
export function withoutActivation<T extends Pick<Serialized, "class_name" | "config">>(item: T, name: string, path: string): T {
  if (comesLast(item) && (item.config.activity_regularizer ?? null) === null) return { ...item, config: { ...item.config, activation: "linear" } }; // biome-ignore format: one line
  const where = comesLast(item) ? "before a regularizer of what the layer gives" : "within the layer, at every step of it";
  return unsupported(
    path,
    `the activation ${quote(name)} of the layer ${quote(item.config.name)} is the file's author's, and is applied ${where}`,
    "take one of Keras' own there, and save the model again",
  );
}
