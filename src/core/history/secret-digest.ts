import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../json.ts';
import type { JsonPath } from '../yaml/json-path.ts';

/** Values at their places. */
export type PlacedValues = readonly (readonly [JsonPath, JsonValue])[];

/**
 * 16 MiB and some tens of milliseconds for each try of whoever holds the file
 * and guesses: values of Secrets may be short, and a plain hash of a short
 * value is as good as the value.
 */
const cost = { N: 16_384, r: 8, p: 1 } as const;
const digestBytes = 32;
const saltBytes = 16;

/** One salt for a run, so that the same Secret of a thousand clusters is digested once. */
export class SecretDigests {
  readonly #salt = randomBytes(saltBytes).toString('hex');
  readonly #known = new Map<string, Promise<string>>();

  get salt(): string {
    return this.#salt;
  }

  of(values: PlacedValues): Promise<string> {
    const text = canonicalJson(values);
    const known = this.#known.get(text) ?? digest(text, this.#salt);
    this.#known.set(text, known);
    return known;
  }
}

/** Whether values are those that a digest was made of. */
export async function isDigestOf(values: PlacedValues, salt: string, expected: string): Promise<boolean> {
  const found = Buffer.from(await digest(canonicalJson(values), salt), 'hex');
  const wanted = Buffer.from(expected, 'hex');
  return found.length === wanted.length && timingSafeEqual(found, wanted);
}

function digest(text: string, salt: string): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(text, Buffer.from(salt, 'hex'), digestBytes, cost, (error, key) => {
      if (error === null) resolve(key.toString('hex'));
      else reject(error);
    });
  });
}
