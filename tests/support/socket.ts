// A WebSocket of our own. In: an address on this machine. Out: texts there and back. Guarantee: what RFC 6455 asks of a client that sends texts:
// frames are masked, messages in several frames are put together, a ping is answered. Node 20 has no WebSocket.
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Duplex } from "node:stream";

/** A connection. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

const [text, close, ping, pong] = [1, 8, 9, 10];

/** A frame from a client, which is masked. */
function frame(kind: number, body: Buffer): Buffer {
  const head =
    body.length < 126
      ? Buffer.from([0x80 | kind, 0x80 | body.length])
      : body.length < 65_536
        ? Buffer.from([0x80 | kind, 0x80 | 126, body.length >> 8, body.length & 255])
        : Buffer.concat([Buffer.from([0x80 | kind, 0x80 | 127, 0, 0, 0, 0]), Buffer.alloc(4)]);
  if (body.length >= 65_536) head.writeUInt32BE(body.length, 6);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, body.map((byte, i) => byte ^ mask[i & 3])]);
}

/** The first whole frame of what has come, or undefined while there is none; a server does not mask. */
function firstFrame(
  bytes: Buffer,
): { readonly kind: number; readonly last: boolean; readonly body: Buffer; readonly size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] & 127;
  const at = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < at) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < at + length) return undefined;
  return { kind: bytes[0] & 15, last: bytes[0] > 127, body: bytes.subarray(at, at + length), size: at + length };
}

/** Connects; `heard` gets every text, `lost` is called when the other side is gone. */
export function connect(address: string, heard: (text: string) => void, lost: () => void): Promise<Socket> {
  const { hostname, port, pathname } = new URL(address);
  const key = randomBytes(16).toString("base64");
  const headers = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": key };
  return new Promise((done, fail) => {
    const asked = request({ host: hostname, port, path: pathname, headers });
    asked.on("error", fail);
    asked.on("response", ({ statusCode }) => fail(new Error(`no WebSocket: status ${statusCode}`)));
    asked.on("upgrade", (_response, stream: Duplex, first: Buffer) => {
      let [bytes, parts] = [Buffer.alloc(0), [] as Buffer[]];
      const take = (more: Buffer): void => {
        bytes = Buffer.concat([bytes, more]);
        for (let next = firstFrame(bytes); next !== undefined; next = firstFrame(bytes)) {
          bytes = bytes.subarray(next.size);
          if (next.kind === ping) stream.write(frame(pong, next.body));
          if (next.kind > 2) continue;
          parts.push(next.body);
          if (!next.last) continue;
          heard(Buffer.concat(parts).toString("utf8"));
          parts = [];
        }
      };
      stream.on("data", take);
      stream.on("close", lost);
      stream.on("error", lost);
      take(first);
      done({
        send: (said) => stream.write(frame(text, Buffer.from(said))),
        close: () => stream.end(frame(close, Buffer.alloc(0))),
      });
    });
    asked.end();
  });
}
