// A graph as boxes and arrows. In: a drawing, laid out when the report was made. Out: an SVG. Guarantee: nothing is laid out here.
import { useComputed } from "@preact/signals";
import { Fragment } from "preact";
import { useMemo } from "preact/hooks";
import type { Drawing } from "../report.ts";
import { Picks, type Shape } from "./picks.tsx";
import type { State } from "./state.ts";

const margin = 12;

/** A line through points, round at each. */
function path(points: Drawing["arrows"][number]["points"]): string {
  if (points.length < 3) return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join("");
  const middle = (i: number) => [(points[i][0] + points[i + 1][0]) / 2, (points[i][1] + points[i + 1][1]) / 2];
  const turns = points.slice(1, -1).map(([x, y], i) => {
    const [endX, endY] = i === points.length - 3 ? points[points.length - 1] : middle(i + 1);
    return `Q${x} ${y} ${endX} ${endY}`;
  });
  return `M${points[0].join(" ")}${turns.join("")}`;
}

/** The drawing. */
export function Boxes({ state, drawing, id, label }: DrawingProps) {
  const shapes = useMemo(
    () =>
      drawing.boxes.map(
        ({ thing, label: text, x, y, width, height }): Shape => ({
          thing,
          label: `${text.replace("\n", " ")}: ${state.report.peek().things[thing]?.says ?? ""}`,
          x: x + margin,
          y: y + margin,
          width,
          height,
          body: <Box text={text} x={x} y={y} width={width} height={height} />,
        }),
      ),
    [drawing],
  );
  const arrows = useMemo(
    () =>
      drawing.arrows.map((arrow) => {
        const heights = arrow.points.map(([, y]) => y + margin);
        return { arrow, line: path(arrow.points), top: Math.min(...heights), bottom: Math.max(...heights) };
      }),
    [drawing],
  );
  return (
    <Picks
      state={state}
      id={id}
      label={label}
      width={drawing.width + 2 * margin}
      height={drawing.height + 2 * margin}
      shapes={shapes}
      canZoom
      below={(sees) => (
        <>
          <defs>
            <marker
              id={`tip-${id}`}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto-start-reverse"
            >
              <path class="tip" d="M0 1L7 4L0 7" />
            </marker>
          </defs>
          {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it has the focus */}
          <g transform={`translate(${margin} ${margin})`} aria-hidden="true">
            {arrows.map(
              ({ arrow, line, top, bottom }, i) =>
                sees(top, bottom) && <Arrow key={i} state={state} arrow={arrow} line={line} tip={`url(#tip-${id})`} />,
            )}
          </g>
        </>
      )}
    />
  );
}

interface ArrowProps {
  readonly state: State;
  readonly arrow: Drawing["arrows"][number];
  readonly line: string;
  readonly tip: string;
}

function Arrow({ state, arrow: { from, to }, line, tip }: ArrowProps) {
  const look = useComputed(() => {
    const { all } = state.lit.value;
    return all.has(from) && all.has(to) ? "arrow lit" : "arrow";
  });
  return (
    <g class={look}>
      <path d={line} marker-end={tip} />
    </g>
  );
}

interface DrawingProps {
  readonly state: State;
  readonly drawing: Drawing;
  readonly id: string;
  readonly label: string;
}

interface BoxProps {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A box with its text; a second line is the smaller one. */
function Box({ text, x, y, width, height }: BoxProps) {
  const lines = text.split("\n");
  return (
    <g transform={`translate(${margin + x} ${margin + y})`}>
      <rect width={width} height={height} rx="5" />
      <rect class="strip" width="4" height={height} rx="2" />
      {lines.map((line, i) => (
        <Fragment key={i}>
          {/* Nothing draws the space; it keeps the words apart for whoever listens. */}
          {i > 0 && " "}
          <text class={i > 0 ? "second" : ""} x={width / 2 + 2} y={(height * (i + 1)) / (lines.length + 1)}>
            {line}
          </text>
        </Fragment>
      ))}
    </g>
  );
}
