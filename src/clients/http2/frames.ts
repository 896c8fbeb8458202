/** Types of frames (RFC 9113, 6). */
export const frameType = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of frames; one bit means different things in different types. */
export const flag = { ack: 0x1, endStream: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** A frame without its padding. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  /** Of the stream; 0 for the connection. */
  readonly id: number;
  readonly payload: Buffer;
}

/** The largest that we take, and what the other side takes unless it says more. */
export const mostFrameBytes = 16_384;
const headBytes = 9;
/** What the priority of a stream takes, which nobody uses any more. */
const priorityBytes = 5;

/** A frame as it is sent. */
export function frame(type: number, flags: number, id: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(id, 5);
  payload.copy(bytes, headBytes);
  return bytes;
}

/** Finds the frames in what comes, whatever pieces it comes in. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @throws Error for what are no frames of HTTP/2; the connection cannot be read on after that */
  *read(bytes: Buffer): Generator<Frame> {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= headBytes) {
      const length = this.#rest.readUIntBE(0, 3);
      if (length > mostFrameBytes) throw new Error('the other side does not speak HTTP/2, or sends frames too large');
      if (this.#rest.length < headBytes + length) return;
      const [type = 0, flags = 0] = this.#rest.subarray(3, 5);
      const id = this.#rest.readUInt32BE(5) & 0x7fff_ffff;
      const payload = this.#rest.subarray(headBytes, headBytes + length);
      this.#rest = this.#rest.subarray(headBytes + length);
      yield { type, flags, id, payload: contentOf(type, flags, payload) };
    }
  }
}

function contentOf(type: number, flags: number, payload: Buffer): Buffer {
  if (type !== frameType.data && type !== frameType.headers) return payload;
  let begin = 0;
  let end = payload.length;
  if ((flags & flag.padded) !== 0) {
    begin = 1;
    end -= payload.readUInt8(0);
  }
  if (type === frameType.headers && (flags & flag.priority) !== 0) begin += priorityBytes;
  if (begin > end) throw new Error('a frame is shorter than what it should hold');
  return payload.subarray(begin, end);
}

const settingId = { enablePush: 2, streams: 3, windowBytes: 4, frameBytes: 5 } as const;

/** One setting as the payload of a frame. */
export function setting(name: keyof typeof settingId, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(settingId[name]);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** What of the other side's settings concerns somebody who sends requests; absent is unchanged. */
export interface PeerSettings {
  readonly streams?: number;
  readonly windowBytes?: number;
  readonly frameBytes?: number;
}

/** @throws Error for what are no settings */
export function readSettings(payload: Buffer): PeerSettings {
  if (payload.length % 6 !== 0) throw new Error('settings are cut short');
  const found: { -readonly [Name in keyof PeerSettings]: PeerSettings[Name] } = {};
  for (let at = 0; at < payload.length; at += 6) {
    const id = payload.readUInt16BE(at);
    const value = payload.readUInt32BE(at + 2);
    if (id === settingId.streams) found.streams = value;
    if (id === settingId.windowBytes) found.windowBytes = value;
    if (id === settingId.frameBytes) found.frameBytes = value;
  }
  if ((found.windowBytes ?? 0) > 0x7fff_ffff) throw new Error('a window is larger than it may be');
  if (found.frameBytes !== undefined && (found.frameBytes < mostFrameBytes || found.frameBytes > 0xff_ffff)) {
    throw new Error('frames are smaller or larger than they may be');
  }
  return found;
}
