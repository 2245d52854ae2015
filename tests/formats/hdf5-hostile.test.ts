// HDF5 files that are damaged, or made to make a reader hang, run out of stack, or allocate: each is told by code, path and message.
// In: files of tests/fixtures/hdf5, some with a byte changed here.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Code } from "../../compiler/diagnostics/codes.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { type H5Dataset, type H5Group, isHdf5, openHdf5 } from "../../src/formats/hdf5/index.ts";
import { diagnosticOf } from "../support/error.ts";

const folder = join(import.meta.dirname, "../fixtures/hdf5");
const fixture = (name: string): Uint8Array => new Uint8Array(gunzipSync(readFileSync(join(folder, `${name}.h5.gz`))));
const numbers = (bytes: Uint8Array, path: string): Float32Array => (openHdf5(bytes).get(path) as H5Dataset).numbers();

/** Where bytes stand that occur once. */
function find(bytes: Uint8Array, pattern: Uint8Array): number {
  const at = Buffer.from(bytes).indexOf(pattern);
  expect(at).toBeGreaterThan(0);
  expect(Buffer.from(bytes).indexOf(pattern, at + 1)).toBe(-1);
  return at;
}
const float32 = (value: number): Uint8Array => new Uint8Array(Float32Array.of(value).buffer);

interface Row {
  readonly what: string;
  readonly read: () => unknown;
  readonly code: Code;
  readonly path?: string;
  readonly message: RegExp;
}

const hostile = fixture("hostile");
const deep = `/deep${"/d".repeat(70)}`;
const rows: readonly Row[] = [
  {
    what: "no bytes",
    read: () => openHdf5(new Uint8Array()),
    code: "format/hdf5",
    message: /no HDF5 signature .* of the 0 bytes/,
  },
  { what: "a text", read: () => openHdf5(new TextEncoder().encode("{}")), code: "format/hdf5", message: /no HDF5 signature/ },
  {
    what: "a signature alone",
    read: () => openHdf5(hostile.slice(0, 8)),
    code: "format/truncated",
    message: /within its superblock/,
  },
  {
    what: "half a file",
    read: () => openHdf5(hostile.slice(0, 3000)),
    code: "format/truncated",
    message: /ends at byte \d+; it has 3000 bytes/,
  },
  {
    what: "a group within itself",
    read: () => openHdf5(hostile).get("/a/b/up"),
    code: "format/hdf5",
    path: "/a/b/up",
    message: /a group lies within itself/,
  },
  {
    what: "groups nested too deep",
    read: () => openHdf5(hostile).get(deep),
    code: "format/hdf5-unsupported",
    path: deep.slice(0, "/deep".length + 2 * 64),
    message: /groups nested deeper than 64/,
  },
  {
    what: "a dataset of 32 GiB",
    read: () => numbers(hostile, "/beyond"),
    code: "format/hdf5-unsupported",
    path: "/beyond",
    message: /more than 4 GiB; this one takes 34359738368 bytes/,
  },
  {
    what: "a dataset that was never written and is larger than the file allows",
    read: () => numbers(hostile, "/holes"),
    code: "format/hdf5-unsupported",
    path: "/holes",
    message: /more than 100 times/,
  },
  {
    what: "16 MiB of zeros in 16 KiB",
    read: () => numbers(hostile, "/zeros"),
    code: "format/hdf5-unsupported",
    path: "/zeros",
    message: /more than 100 times/,
  },
  {
    what: "numbers of a text",
    read: () => numbers(fixture("checked"), "/text"),
    code: "format/dtype",
    path: "/text",
    message: /values of type string, numbers are wanted/,
  },
  {
    what: "texts of numbers",
    read: () => (openHdf5(fixture("checked")).get("fletcher") as H5Dataset).strings(),
    code: "format/dtype",
    path: "/fletcher",
    message: /values of type float32, strings are wanted/,
  },
  {
    what: "a text that is not UTF-8",
    read: () => {
      const bytes = fixture("checked");
      bytes[find(bytes, new TextEncoder().encode("abcé")) + 3] = 0xff;
      return (openHdf5(bytes).get("text") as H5Dataset).strings();
    },
    code: "format/hdf5",
    path: "/text",
    message: /a string is not UTF-8/,
  },
  {
    what: "a changed byte under Fletcher's checksum",
    read: () => {
      const bytes = fixture("checked");
      bytes[find(bytes, float32(12345.678))] ^= 1;
      return numbers(bytes, "fletcher");
    },
    code: "format/hdf5",
    path: "/fletcher",
    message: /another checksum \(Fletcher-32\)/,
  },
  {
    what: "a changed byte under zlib's checksum, where nothing is compressed",
    read: () => {
      const bytes = fixture("checked");
      bytes[find(bytes, float32(2 * Math.fround(12345.678)))] ^= 1;
      return numbers(bytes, "adler");
    },
    code: "format/hdf5",
    path: "/adler",
    message: /another checksum \(Adler-32\)/,
  },
  {
    what: "a changed byte in an object header",
    read: () => {
      const bytes = fixture("checked-new");
      bytes[Buffer.from(bytes).indexOf("OHDR") + 20] ^= 1;
      return openHdf5(bytes);
    },
    code: "format/hdf5",
    path: "/",
    message: /an object header at byte \d+ has another checksum/,
  },
];

describe("a hostile or damaged file", () => {
  it.each(rows)("$what is told", ({ read, code, path = "", message }) => {
    const diagnostic = diagnosticOf(read);
    expect(diagnostic).toMatchObject({ code, path });
    expect(diagnostic.message).toMatch(message);
    if (code !== "format/dtype") expect(diagnostic.hint).toMatch(/again/);
  });

  it("of few objects and 2^40 paths to them is walked to an end", () => {
    let paths = 0;
    const walk = (group: H5Group): void => {
      for (const name of group.names()) {
        const member = group.get(name);
        paths++;
        if (member?.kind === "group") walk(member);
      }
    };
    const diagnostic = diagnosticOf(() => walk(openHdf5(hostile).get("diamond") as H5Group));
    expect(diagnostic).toMatchObject({ code: "format/hdf5", message: expect.stringMatching(/more paths than objects/) });
    expect(paths).toBeLessThanOrEqual(hostile.length / 8);
  });

  it("that is cut off anywhere gives a CompileError", () => {
    const whole = fixture("checked");
    for (let length = 0; length < whole.length; length += 97) {
      const { code } = diagnosticOf(() => openHdf5(whole.slice(0, length)));
      expect(["format/truncated", "format/hdf5"]).toContain(code);
    }
  });
});

describe("a reader", () => {
  it("reads a dataset as often as one likes, though its first reading is counted against the file's length", () => {
    // 1100 chunks of one number: an index of many times the bytes of the data.
    const data = openHdf5(fixture("pages-latest")).get("fixed") as H5Dataset;
    const first = data.numbers();
    for (let i = 0; i < 100; i++) expect(Buffer.compare(Buffer.from(data.numbers().buffer), Buffer.from(first.buffer))).toBe(0);
  });

  it("reads a part of a larger buffer", () => {
    const bytes = fixture("checked-new");
    const within = new Uint8Array(bytes.length + 24).fill(7);
    within.set(bytes, 13);
    expect(numbers(within.subarray(13, 13 + bytes.length), "x")).toEqual(Float32Array.of(1));
  });

  it("takes paths from the root, from a group, and finds nothing behind a dataset", () => {
    const root = openHdf5(hostile);
    const a = root.get("a") as H5Group;
    expect(["b/x", "/a/b/x", "./b//x/"].map((path) => a.get(path)?.path)).toEqual(["/a/b/x", "/a/b/x", "/a/b/x"]);
    expect(["c", "b/x/y", "/b"].map((path) => a.get(path))).toEqual([undefined, undefined, undefined]);
    expect(a.get("/")).toBe(root);
    expect(root.attribute("none")).toBeUndefined();
  });

  it("knows HDF5 by its signature, behind a user block too", () => {
    expect(["checked", "user-block-latest"].map((name) => isHdf5(fixture(name)))).toEqual([true, true]);
    expect(isHdf5(new TextEncoder().encode("PK\x03\x04"))).toBe(false);
  });

  it("says whatever happens as a CompileError that names the object in the file", () => {
    const error = diagnosticOf(() => numbers(hostile, "/beyond"));
    expect(new CompileError(error).message).toMatch(/^\/beyond: .*\(.*save the weights again/);
  });
});
