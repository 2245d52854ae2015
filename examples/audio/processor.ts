/// <reference types="../../src/plugin/model.d.ts" />
// The part that runs on the audio thread: 128 samples in, 128 out. The model is what `main.ts` trained; it is compiled while this is bundled, as
// `layerc compile --host audio --stream --chunk 128 --exact` does. Nothing is allocated here after the constructor: a collection of garbage is a click.
import { step } from "./out/amp.safetensors?model&host=audio&chunk=128&stream&exact";

/** What the scope of an AudioWorklet has; TypeScript's DOM knows pages alone. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, type: new () => AudioWorkletProcessor): void;

class Amp extends AudioWorkletProcessor {
  static readonly parameterDescriptors = [{ name: "drive", defaultValue: 1, minValue: 0, maxValue: 2, automationRate: "k-rate" }];
  readonly #scaled = new Float32Array(128);

  /** The first channel of the first input; what is not connected is silence. */
  process([[x]]: Float32Array[][], [channels]: Float32Array[][], { drive: [drive] }: Record<"drive", Float32Array>): boolean {
    const scaled = this.#scaled;
    for (let i = 0; i < scaled.length; i++) scaled[i] = x === undefined ? 0 : drive * x[i];
    step(scaled, channels[0]);
    for (let i = 1; i < channels.length; i++) channels[i].set(channels[0]);
    // The node stays for as long as the page wants it: strings that rang before it stopped ring on.
    return true;
  }
}
registerProcessor("amp", Amp);
