// The training beneath the list. In: the session. Out: buttons, numbers, curves, the picture of what is learned, and a row to ask for. Guarantee: what a
// canvas shows is said in words beside it.
import { useEffect, useRef } from "preact/hooks";
import type { Measure } from "../../../../runtime/trainable.ts";
import { Confusion } from "../../page/training-view.tsx";
import { datasets, type PictureKind, type Rows } from "../datasets.ts";
import type { Picture, Point } from "../trainer.ts";
import { paintDigits } from "./paint.ts";
import * as session from "./session.ts";
import { SurfacePart } from "./surface.tsx";

const show = (value: Measure | undefined): string =>
  typeof value === "number" ? (Number.isFinite(value) ? value.toPrecision(4) : String(value)) : "–";

/** Everything about the training. */
export function TrainingPart() {
  const why = session.untrained.value;
  const progress = session.progress.value;
  const set = datasets.find(({ id }) => id === session.data.value);
  return (
    <>
      <div class="controls">
        <Act is="main" onClick={progress?.running ? session.stop : session.run}>
          {progress?.running ? "Pause" : "Train"}
        </Act>
        <Act onClick={session.step}>Step</Act>
        <Act onClick={() => void session.reset()}>Reset</Act>
        <label title="Rows of a step. The learning rate stands in the list.">
          Batch
          <input
            type="number"
            min={1}
            max={4096}
            value={session.batchSize.value}
            onChange={({ currentTarget }) => session.chooseBatch(Number(currentTarget.value))}
          />
        </label>
        {progress !== undefined && (
          <dl class="numbers">
            <Fact name="epoch" value={String(progress.epoch)} />
            <Fact name="step" value={String(progress.steps)} />
            <Fact name="loss" value={show(progress.steps === 0 ? undefined : progress.loss)} />
            {Object.entries(session.points.value.at(-1)?.held ?? {}).map(([name, value]) => (
              <Fact key={name} name={`held back: ${name}`} value={show(value)} />
            ))}
          </dl>
        )}
      </div>
      {why !== undefined && <p class="hint">{why}</p>}
      {progress !== undefined && set !== undefined && (
        <div class="pictures">
          <Curve points={session.points.value} />
          {progress.picture !== undefined && <PicturePart picture={progress.picture} says={set.says} />}
          <Ask />
        </div>
      )}
    </>
  );
}

/** A button that does nothing while there is no training; it is not disabled, since a disabled one loses the focus, and a reset is a moment without. */
function Act({ is = "", onClick, children }: { readonly is?: string; readonly onClick: () => void; readonly children: string }) {
  const isOff = session.progress.value === undefined;
  return (
    <button type="button" class={is} aria-disabled={isOff} onClick={() => !isOff && onClick()}>
      {children}
    </button>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Loss by epoch, of what is learned and of what is held back. */
function Curve({ points }: { readonly points: readonly Point[] }) {
  const losses = (of: (point: Point) => Measure): number[] =>
    points.map((point) => of(point)).map((one) => (typeof one === "number" ? one : Math.hypot(...one)));
  const [train, held] = [losses(({ train }) => train.loss), losses(({ held }) => held.loss)];
  const finite = [...train, ...held].filter((value) => value > 0 && value < greatest);
  const [low, high] = [Math.log(Math.min(...finite)), Math.log(Math.max(...finite))];
  const line = (values: readonly number[]): string =>
    values
      .map((value, i) => {
        const x = 4 + (292 * i) / Math.max(1, values.length - 1);
        const y = 112 - (104 * (Math.log(Math.max(value, 1e-30)) - low)) / Math.max(1e-9, high - low);
        return `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${Math.max(4, Math.min(116, y)).toFixed(1)}`;
      })
      .join("");
  const last = points.at(-1);
  return (
    <figure>
      <svg
        viewBox="0 0 300 120"
        role="img"
        aria-label={`Loss by epoch: ${show(last?.train.loss)} learned, ${show(last?.held.loss)} held back`}
      >
        <path class="axis" d="M4 4V116H296" />
        {finite.length > 0 && (
          <>
            <path class="held" d={line(held)} />
            <path class="learned" d={line(train)} />
          </>
        )}
      </svg>
      <figcaption>
        loss by epoch, logarithmic: <span class="learned">learned</span>, <span class="held">held back</span>
      </figcaption>
    </figure>
  );
}
const greatest = 1e30;

interface Shown<K extends PictureKind> {
  readonly picture: Picture & { readonly kind: K };
  readonly rows: Rows | undefined;
  readonly says: string;
}

function PicturePart({ picture, says }: { readonly picture: Picture; readonly says: string }) {
  const rows = session.rows.value;
  switch (picture.kind) {
    case "surface":
      return <SurfacePart surface={picture} rows={rows} says={says} />;
    case "series":
      return <Series picture={picture} rows={rows} says={says} />;
    case "digits":
      return <Digits picture={picture} rows={rows} says={says} />;
    case "confusion":
      return (
        <div class="report table-of">
          <Confusion classes={picture.classes} counts={picture.counts} />
        </div>
      );
  }
}

function Series({ picture: { wanted, given }, says }: Shown<"series">) {
  const line = (values: Float32Array): string =>
    [...values]
      .map(
        (value, i) =>
          `${i === 0 ? "M" : "L"}${(300 * i) / values.length} ${(60 - 50 * Math.max(-1.2, Math.min(1.2, value))).toFixed(1)}`,
      )
      .join("");
  return (
    <figure>
      <svg viewBox="0 0 300 120" role="img" aria-label="The wave, and what the net says comes next">
        <path class="held" d={line(wanted)} />
        <path class="learned" d={line(given)} />
      </svg>
      <figcaption>
        {says} <span class="held">The wave</span>, <span class="learned">what the net says</span>.
      </figcaption>
    </figure>
  );
}

function Digits({ picture, rows, says }: Shown<"digits">) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const right = picture.rows.filter(({ wanted, given }) => wanted === given).length;
  useEffect(() => {
    if (canvas.current !== null && rows !== undefined) paintDigits(canvas.current, picture, rows);
  }, [picture, rows]);
  return (
    <figure>
      <canvas
        ref={canvas}
        width={336}
        height={216}
        role="img"
        aria-label={`${right} of ${picture.rows.length} digits held back are read right`}
      />
      <figcaption>
        {says} {right} of {picture.rows.length} held back are read right.
      </figcaption>
    </figure>
  );
}

/** A row of one's own. */
function Ask() {
  const input = useRef<HTMLInputElement>(null);
  const [rows, given] = [session.rows.value, session.answerGiven.value];
  if (rows === undefined) return null;
  const size = rows.x.length / rows.count;
  if (size > 16) return null;
  const first = [...rows.x.subarray(0, size)].map((value) => short(value)).join(", ");
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault();
        const values = (input.current?.value ?? "").split(/[\s,;]+/).filter((one) => one !== "");
        const x = Float32Array.from(values, (one) => Number(one));
        const isRow = x.length === size && x.every((value) => Number.isFinite(value));
        input.current?.setCustomValidity(isRow ? "" : `${size} numbers, please`);
        if (isRow) session.ask(x);
        else input.current?.reportValidity();
      }}
    >
      <label>
        Ask for a row
        <input ref={input} type="text" defaultValue={first} onInput={() => input.current?.setCustomValidity("")} />
      </label>
      <button type="submit">Predict</button>
      <output>{given?.map((value) => Number(value.toPrecision(6))).join(", ")}</output>
    </form>
  );
}
const short = (value: number): string => String(Number(value.toFixed(2)));
