// The page: plays the riff through the net, and draws what goes in, what the amplifier makes of it, and what the net does. `worklet` is the text of
// processor.ts, since a page that is opened from a folder can load no modules, and no Blob as one, but its own address may hold it.
import { frames } from "./amp.model.ts";
import { amplifier, errorToSignal, guitar, rate } from "./signal.ts";

declare const worklet: string;
declare global {
  interface Window {
    /** What the net made of `dry`, as the test reads it. */
    rendered?: Float32Array;
  }
}

/** A second, in whole calls. */
const samples = frames * Math.ceil(rate / frames);
const dry = guitar(samples, 77);
const wet = amplifier(dry);
const address = `data:text/javascript,${encodeURIComponent(worklet)}`;
const part = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;

/** A source of the riff before a node with the net. */
async function chain(context: BaseAudioContext): Promise<{ source: AudioBufferSourceNode; node: AudioWorkletNode }> {
  await context.audioWorklet.addModule(address);
  const buffer = new AudioBuffer({ length: samples, sampleRate: rate });
  buffer.copyToChannel(dry as Float32Array<ArrayBuffer>, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  const node = new AudioWorkletNode(context, "amp", { numberOfInputs: 1, numberOfOutputs: 1, outputChannelCount: [1] });
  source.connect(node);
  return { source, node };
}

async function render(): Promise<Float32Array> {
  const context = new OfflineAudioContext(1, samples, rate);
  const { source, node } = await chain(context);
  node.connect(context.destination);
  source.start();
  return (await context.startRendering()).getChannelData(0);
}

function draw(lines: readonly (readonly [name: string, values: Float32Array])[]): void {
  const canvas = part<HTMLCanvasElement>("waves");
  const scale = devicePixelRatio;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
  pen.scale(scale, scale);
  // A note that has rung a while, about a hundredth of a second: single waves can be seen.
  const [from, shown] = [27_500, 550];
  const parts = lines.map(([name, values]) => [name, values.subarray(from, from + shown)] as const);
  const loudest = Math.max(...parts.flatMap(([, values]) => Array.from(values, Math.abs)));
  for (const [name, values] of parts) {
    pen.strokeStyle = getComputedStyle(canvas).getPropertyValue(`--${name}`);
    pen.lineWidth = name === "net" ? 1.5 : 3;
    pen.beginPath();
    for (let i = 0; i < shown; i++) pen.lineTo((i * width) / shown, (height / 2) * (1 - (0.92 * values[i]) / loudest));
    pen.stroke();
  }
}

interface Playing {
  readonly context: AudioContext;
  set(): void;
}
/** What was asked for last: a click may come before the sound of the one before it. */
let playing: Promise<Playing> | undefined;

async function toggle(): Promise<void> {
  const before = playing;
  playing = before === undefined ? play() : undefined;
  part("play").textContent = playing === undefined ? "Play" : "Stop";
  await (await before)?.context.close();
}

async function play(): Promise<Playing> {
  const context = new AudioContext({ sampleRate: rate });
  const { source, node } = await chain(context);
  const [amplified, clean] = [new GainNode(context), new GainNode(context)];
  node.connect(amplified).connect(context.destination);
  source.connect(clean).connect(context.destination);
  const set = (): void => {
    const isOn = part<HTMLInputElement>("on").checked;
    amplified.gain.value = Number(isOn);
    clean.gain.value = Number(!isOn);
    (node.parameters.get("drive") as AudioParam).value = Number(part<HTMLInputElement>("drive").value);
  };
  set();
  source.loop = true;
  source.start();
  return { context, set };
}

part("play").onclick = () => void toggle();
for (const id of ["on", "drive"]) part(id).oninput = async () => (await playing)?.set();
void render().then((values) => {
  const error = (100 * errorToSignal(values, wet)).toFixed(1);
  draw([
    ["dry", dry],
    ["amplifier", wet],
    ["net", values],
  ]);
  addEventListener("resize", () =>
    draw([
      ["dry", dry],
      ["amplifier", wet],
      ["net", values],
    ]),
  );
  part("said").textContent =
    `${samples.toLocaleString("en")} samples in ${samples / frames} calls of the AudioWorklet; ${error} % of the signal's energy is wrong.`;
  window.rendered = values;
});
