import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../clock.ts';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ksuidEpochSeconds = 1_400_000_000;
const ksuidLength = 27;

/** A K-sortable id of 27 characters, the `operation_id` of REST errors. */
export function operationId(clock: Clock): string {
  const seconds = Math.floor(clock.wallMs() / 1000) - ksuidEpochSeconds;
  let value = (BigInt(Math.max(0, seconds)) << 128n) | BigInt(`0x${randomBytes(16).toString('hex')}`);
  let text = '';
  while (text.length < ksuidLength) {
    text = (base62[Number(value % 62n)] ?? '0') + text;
    value /= 62n;
  }
  return text;
}

const snowflakeEpochMs = 1_288_834_974_657n;
const snowflakeNode = 1n << 12n;

/**
 * Sequence ids of one agent: 41 bits of milliseconds, node 1, a step; always
 * increasing (recordings/lifecycle.json, `ce-sequenceid`).
 */
export class SequenceIds {
  readonly #clock: Clock;
  #lastMs = 0n;
  #step = 0n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(): string {
    const now = BigInt(Math.floor(this.#clock.wallMs())) - snowflakeEpochMs;
    if (now > this.#lastMs) {
      this.#lastMs = now;
      this.#step = 0n;
    } else if (this.#step === 0xfffn) {
      this.#lastMs += 1n;
      this.#step = 0n;
    } else {
      this.#step += 1n;
    }
    return ((this.#lastMs << 22n) | snowflakeNode | this.#step).toString();
  }

  /** After a restart the agent goes on where it was, even if the clock went back. */
  startAfter(sequenceId: string): void {
    const ms = BigInt(sequenceId) >> 22n;
    if (ms >= this.#lastMs) {
      this.#lastMs = ms + 1n;
      this.#step = 0n;
    }
  }
}

/** Nanoseconds below a microsecond, which answers of POST and PATCH show before the database rounds them. */
export function randomNanos(): string {
  return String(randomInt(1, 1000)).padStart(3, '0');
}
