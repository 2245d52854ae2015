// How far behind a row numbers stand: a Program of nests in, the room of each buffer of a kernel out.
import { describe, expect, it } from "vitest";
import type { NestKernel } from "../../compiler/program/nest/nest.ts";
import type { Program, Role } from "../../compiler/program/program.ts";
import { lit, load } from "../../compiler/program/value.ts";
import { noRoom, roomOf } from "../../compiler/schedule/room.ts";

const roles: readonly Role[] = ["input", "output", "const", "param", "state", "arena"];
const kernel: NestKernel = { name: "k", origin: "", parts: [] };
const shared: NestKernel = { ...kernel, name: "shared", formals: [{ name: "w", length: 8 }, { name: "param", length: 4 }] }; // biome-ignore format: one line

/** A buffer of 10, 11, … for each role. */
const programWith = (calls: Program["entries"][number]["calls"]): Program<NestKernel> => ({
  name: "p",
  scalars: [],
  buffers: roles.map((role, i) => ({ name: role, at: 100 * i, length: 10 + i, role })),
  kernels: [kernel, shared],
  entries: [{ name: "predict", rows: 1, calls, inputs: [], outputs: [] }],
});

describe("room", () => {
  it("is a whole buffer that is filled before anything runs", () => {
    const room = roomOf(programWith([]))(kernel);
    expect(roles.map((role) => [role, room(role)])).toEqual([
      ["input", 10],
      ["output", 0],
      ["const", 12],
      ["param", 13],
      ["state", 14],
      ["arena", 0],
    ]);
    expect(room("no such buffer")).toBe(0);
    expect(noRoom("param")).toBe(0);
  });

  it("of a formal is what all calls give, whatever a buffer of its name has", () => {
    const of = (...given: readonly (readonly string[])[]) => {
      const room = roomOf(programWith(given.map((buffers) => ({ kernel: "shared", buffers }))))(shared);
      return [room("w"), room("param")];
    };
    expect(of(["const", "input"])).toEqual([12, 10]);
    expect(of(["const", "input"], ["param", "state"])).toEqual([12, 10]);
    expect(of(["const", "input"], ["arena", "state"])).toEqual([0, 10]);
    expect(of()).toEqual([0, 0]);
  });

  it("of the arena is what an earlier call of the entry filled whole", () => {
    const border = (
      map: readonly [string, number][],
      terms: readonly [string, number][],
      finish = lit(0, "f32"),
    ): NestKernel => ({
      name: "border",
      origin: "",
      parts: [
        {
          name: "border",
          origin: "",
          map,
          reduce: [],
          finish,
          out: { buffer: "arena", index: { base: 0, terms } },
          into: "store",
        },
      ],
    });
    const roomBehind = (first: NestKernel, calls = ["border", "k"]) => {
      const program = { ...programWith(calls.map((name) => ({ kernel: name }))), kernels: [first, kernel] };
      return roomOf(program)(kernel)("arena");
    };
    expect(roomBehind(border([["i", 15]], [["i", 1]]))).toBe(15);
    expect(roomBehind(border([["i", 5], ["j", 3]], [["i", 3], ["j", 1]]))).toBe(15); // biome-ignore format: one line
    expect(roomBehind(border([["i", 14]], [["i", 1]]))).toBe(0);
    expect(roomBehind(border([["i", 15]], [["i", 2]]))).toBe(0);
    expect(roomBehind(border([["i", 15]], [["i", 1]], load("input", { base: 0, terms: [] })))).toBe(0);
    expect(roomBehind(border([["i", 15]], [["i", 1]]), ["k", "border"])).toBe(0);
    expect(roomBehind(border([["i", 15]], [["i", 1]]), ["border", "k", "k"])).toBe(15);
    expect(roomBehind(border([["i", 15]], [["i", 1]]), ["k", "border", "k"])).toBe(0);
  });
});
