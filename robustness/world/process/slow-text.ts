import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** Reads so many bytes at a time, and rests in between. */
export interface SlowReader {
  readonly pieceBytes: number;
  readonly everyMs: number;
}

/** All that the stream gives, read as by somebody who is slow. */
export async function slowText(stream: Readable, { pieceBytes, everyMs }: SlowReader): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    pieces.push(chunk);
    // Node hands over what has come in; who is slow takes the longer for more of it.
    await pause(Math.ceil(chunk.length / pieceBytes) * everyMs);
  }
  return Buffer.concat(pieces).toString('utf8');
}
