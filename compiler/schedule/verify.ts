// The rules of schedules. In: a Program whose nests are scheduled, and the target. Out: nothing, or an `ir/verify` that shows the nest
// and the line of its schedule. Guarantee for what passes: every map dim is walked once, tiles, lanes and strips are of dims that can
// be cut so, and no result depends on an order that the schedule changed. What the loops do is checked by the Program they become.
import { CompileError } from "../diagnostics/error.ts";
import { isLoop, type Nest, type NestKernel, readsFrom, type Store, storesOf, type Tree } from "../program/nest/nest.ts";
import { nestNotes } from "../program/nest/print.ts";
import type { Extent, Program, Scalar } from "../program/program.ts";
import type { Target } from "../targets.ts";
import { factsOf, strideOf } from "./facts.ts";
import { buffersHeld } from "./hold.ts";
import { noRoom, type Room, roomOf } from "./room.ts";
import { type Scheduled, showSchedule } from "./schedule.ts";

/** Throws CompileError `ir/verify` at the first schedule that does not fit its nest or the target. */
export function verifySchedules(program: Program<NestKernel<Scheduled>>, target: Target): void {
  const rooms = roomOf(program);
  const visit = (tree: Tree<Scheduled>, room: Room): void => {
    if (isLoop(tree)) for (const part of tree.parts) visit(part, room);
    else verifySchedule(tree, target, program.scalars, room);
  };
  for (const kernel of program.kernels) for (const part of kernel.parts) visit(part, rooms(kernel));
}

/** The same for one nest. */
export function verifySchedule(scheduled: Scheduled, target: Target, scalars: readonly Scalar[], room: Room = noRoom): void {
  const message = faultOf(scheduled, target, scalars) ?? pastFault(scheduled, room);
  if (message === undefined) return;
  const { nest, strategy } = scheduled;
  const notes = [...nestNotes(nest), `  by ${showSchedule(scheduled)}`];
  const what = `the schedule that ${strategy} gives the nest ${JSON.stringify(nest.name)}`;
  throw new CompileError({ code: "ir/verify", path: "", message: `${what}: ${message}`, notes });
}

function faultOf({ nest, schedule }: Scheduled, target: Target, scalars: readonly Scalar[]): string | undefined {
  const { order, tile } = schedule;
  const names = nest.map.map(([dim]) => dim);
  if (order.length !== names.length || names.some((dim) => !order.includes(dim)))
    return `the order has each map dim once (${names.join(", ")}), found ${order.join(", ")}`;
  const stranger = tile.find(([dim], i) => !names.includes(dim) || tile.findIndex(([other]) => other === dim) !== i);
  if (stranger !== undefined) return `a tile counts points of a map dim, once, found ${JSON.stringify(stranger[0])}`;
  const odd = tile.find(([, count]) => !(Number.isInteger(count) && count >= 1));
  if (odd !== undefined) return `a tile has at least one point of each dim, found ${odd[1]}`;
  return (
    holdFault({ nest, schedule }) ??
    laneFault({ nest, schedule }, target) ??
    sumFault({ nest, schedule }, target) ??
    orderFault({ nest, schedule }, scalars)
  );
}

type Plain = Pick<Scheduled, "nest" | "schedule">;

function laneFault({ nest, schedule }: Plain, target: Target): string | undefined {
  const { lane, padded, tile } = schedule;
  if (lane === undefined) return padded ? "what is padded has a lane" : undefined;
  if (target.lanes === 1) return `the target ${target.name} has no lanes`;
  const count = tile.find(([dim]) => dim === lane)?.[1] ?? 0;
  if (count === 0 || count % target.lanes !== 0) return `lanes are ${target.lanes} points of a tile's dim, found ${count}`;
  const stores = storesOf(nest);
  const odd = [...(nest.fold === undefined ? [] : [nest.fold.init]), ...stores.map(({ finish }) => finish)].find(
    ({ fmt }) => fmt !== "f32",
  );
  if (odd !== undefined) return `lanes hold f32, the nest computes in ${odd.fmt}`;
  if (stores.some(({ out }) => strideOf(out.index, lane) !== 1 || out.index.row !== undefined))
    return `points in lanes lie side by side in the result, ${JSON.stringify(lane)} does not`;
  return undefined;
}

/** Whether what is held is the same in all loops inside, and nothing writes there. */
/** Vectors that are read past the last point stay where numbers stand. */
function pastFault({ nest, schedule: { lane, padded, past } }: Plain, room: Room): string | undefined {
  if (past === undefined) return undefined;
  const { sum } = factsOf(nest, { room });
  if (padded && lane === sum?.column && past.every((buffer) => sum?.past?.includes(buffer))) return undefined;
  return `whole vectors are read where a padded lane leaves the end of a row and numbers stand behind it, found ${past.join(", ")}`;
}

function holdFault({ nest, schedule }: Plain): string | undefined {
  const { hold, terms, order } = schedule;
  if (terms !== undefined && !(Number.isInteger(terms) && terms >= 1)) return `at least one term is written out, found ${terms}`;
  if (hold === undefined) return undefined;
  const at = order.indexOf(hold);
  if (at < 0) return `loads are held in a map dim, found ${JSON.stringify(hold)}`;
  const buffers = buffersHeld(nest, order.slice(at + 1));
  if (at === order.length - 1 || buffers.size === 0)
    return `what is held in ${JSON.stringify(hold)} serves the dims further in: there are none, or every load knows one`;
  const written = [nest, ...(nest.more ?? [])].find(({ out }) => buffers.has(out.buffer));
  return written && `what is held is not written, ${JSON.stringify(written.out.buffer)} is`;
}

/** Whether lanes of partial sums, and strips, fit what is reduced. */
function sumFault({ nest, schedule }: Plain, target: Target): string | undefined {
  const { wide, strip, lane } = schedule;
  const { fold, reduce, out } = nest;
  const [first] = reduce;
  const partial = fold?.partial;
  if (wide) {
    if (partial === undefined || partial % 4 !== 0 || target.lanes === 1 || lane !== undefined)
      return "sums in lanes are partial sums, four at a time, of points that have no lanes";
    if (fold?.init.fmt !== "f32") return `lanes hold f32, the sum is ${fold?.init.fmt}`;
  }
  if (strip === undefined) return undefined;
  if (partial !== undefined) return "a sum in strips is in order, it has no partial sums";
  const inner = reduce.slice(1);
  if (first === undefined || first[0] !== strip.dim || (typeof first[1] !== "number" && first[1].per !== 1))
    return `strips are of the first reduced dim, over all of it, found ${JSON.stringify(strip.dim)}`;
  if (inner.some(([, extent]) => typeof extent !== "number")) return "what is summed inside a strip has known extents";
  if (!(Number.isInteger(strip.size) && strip.size >= 1)) return `a strip has at least one row, found ${strip.size}`;
  const rests = fold?.init.fmt === "f32" && nest.into === "store" && out.index.row === undefined && !readsFrom(nest, out.buffer);
  return rests
    ? undefined
    : "sums rest in the result between strips, in f32, at addresses of their own that nothing else is read from";
}

/** Where points may share an address, or data choose it, their order is the meaning. */
function orderFault({ nest, schedule }: Plain, scalars: readonly Scalar[]): string | undefined {
  if (storesOf(nest).every((store) => isInjective(nest.map, store, scalars))) return undefined;
  const { order, tile } = schedule;
  const isKept = nest.map.every(([dim], i) => order[i] === dim) && tile.every(([dim]) => dim === order.at(-1));
  return isKept ? undefined : "points that may share an address keep their order";
}

/** Whether every point has an address of its own: each stride is longer than all that the shorter ones reach. */
function isInjective(map: Nest["map"], { out }: Store, scalars: readonly Scalar[]): boolean {
  if (out.index.row !== undefined) return false;
  const dims = map
    .map(([dim, extent]) => ({ count: most(extent, scalars), stride: Math.abs(strideOf(out.index, dim)) }))
    .filter(({ count }) => count > 1)
    .sort((a, b) => a.stride - b.stride);
  let reach = 0;
  for (const { count, stride } of dims) {
    if (stride <= reach) return false;
    reach += stride * (count - 1);
  }
  return true;
}

function most(extent: Extent, scalars: readonly Scalar[]): number {
  if (typeof extent === "number") return extent;
  const max = scalars.find(({ name }) => name === extent.scalar)?.max ?? Number.POSITIVE_INFINITY;
  return extent.round === "down" ? Math.floor(max / extent.per) : Math.ceil(max / extent.per);
}
