import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** How clients of a server prove who they are; see `dev` in the reference. */
export type AccessMode = 'plaintext' | 'tls' | 'mtls' | 'token';

/** When the two sides of a server's keys are replaced, since the new ones were made. */
export interface RotationTimes {
  /** The server takes the new ones too. */
  readonly takesAfterMs: number;
  /** It takes the new ones alone; not before it takes them. */
  readonly refusesAfterMs: number;
  /** They are in the files that clients read. */
  readonly publishesAfterMs: number;
}

/** When they were replaced, by the wall clock; both sides take a while, so these are the least favourable moments. */
export interface Rotation {
  readonly takesAtMs: number;
  readonly refusesAtMs: number;
  readonly publishedAtMs: number;
}

/** A server's keys, as far as it asks for some. */
export interface ServerKeys {
  readonly mode: Exclude<AccessMode, 'plaintext'>;
  /** Where it writes what clients need. */
  readonly folder: string;
  /** Ends once the new files are written. */
  rotate(times: RotationTimes): Promise<void>;
  /** Which it takes now. */
  taken(): Promise<'old' | 'both' | 'new'>;
}

/** So often the server is asked what it takes: its timers are late when the machine is busy. */
const askMs = 20;

/** The files by which clients prove who they are and know their server, laid out as kubelet does for a volume. */
export class ClientFiles {
  readonly rotations: Rotation[] = [];
  readonly #keys: ServerKeys;
  readonly #folder: string;
  #writes = 0;

  private constructor(keys: ServerKeys, folder: string) {
    this.#keys = keys;
    this.#folder = folder;
  }

  static open(keys: ServerKeys, folder: string): ClientFiles {
    mkdirSync(folder);
    const files = new ClientFiles(keys, folder);
    files.#publish();
    for (const name of readdirSync(keys.folder)) symlinkSync(join('..data', name), join(folder, name));
    return files;
  }

  /** Variables by which the command finds them; REST asks for neither a token nor a certificate. */
  get env(): NodeJS.ProcessEnv {
    const file = (name: string): string => join(this.#folder, name);
    const { mode } = this.#keys;
    return {
      MAESTRO_GRPC_SERVER_CA_FILE: file('ca.crt'),
      ...(mode === 'token' ? { MAESTRO_GRPC_TOKEN_FILE: file('token') } : {}),
      ...(mode === 'mtls'
        ? { MAESTRO_GRPC_CLIENT_CERT: file('client.crt'), MAESTRO_GRPC_CLIENT_KEY: file('client.key') }
        : {}),
    };
  }

  /** Ends when both sides have nothing but the new keys. */
  async rotate(times: RotationTimes): Promise<void> {
    const beganMs = Date.now();
    await this.#keys.rotate(times);
    const [published, taken] = await Promise.all([this.#publishAfter(times.publishesAfterMs), this.#taken(beganMs)]);
    this.#rotated(published, taken);
  }

  /** The server was killed at that moment, and has made all keys anew. */
  async followRestart(killedAtMs: number): Promise<void> {
    this.#rotated(await this.#publishAfter(0), { takesAtMs: killedAtMs, refusesAtMs: killedAtMs });
  }

  /** Of the publishing, the worse moment: a client may have the new files before it ends, or the old until then. */
  #rotated(published: Published, taken: Omit<Rotation, 'publishedAtMs'>): void {
    const publishedAtMs = taken.takesAtMs > published.beforeMs ? published.beforeMs : published.afterMs;
    this.rotations.push({ ...taken, publishedAtMs });
  }

  async #publishAfter(ms: number): Promise<Published> {
    await pause(ms);
    const beforeMs = Date.now();
    this.#publish();
    return { beforeMs, afterMs: Date.now() };
  }

  /** Asks until the new keys alone are taken. */
  async #taken(beganMs: number): Promise<Omit<Rotation, 'publishedAtMs'>> {
    let takesAtMs: number | undefined;
    for (let refusesAtMs = beganMs; ; await pause(askMs)) {
      const askedMs = Date.now();
      const taken = await this.#keys.taken();
      if (taken !== 'old') takesAtMs ??= Date.now();
      if (taken === 'new') return { takesAtMs: takesAtMs ?? Date.now(), refusesAtMs };
      refusesAtMs = askedMs;
    }
  }

  /** All files at once, by one link that takes the place of another. */
  #publish(): void {
    const version = `..${String((this.#writes += 1))}`;
    mkdirSync(join(this.#folder, version));
    for (const name of readdirSync(this.#keys.folder))
      copyFileSync(join(this.#keys.folder, name), join(this.#folder, version, name));
    symlinkSync(version, join(this.#folder, '..data_tmp'));
    renameSync(join(this.#folder, '..data_tmp'), join(this.#folder, '..data'));
    if (this.#writes > 1) rmSync(join(this.#folder, `..${String(this.#writes - 1)}`), { recursive: true });
  }
}

interface Published {
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** Whether a call that ran from then to then may have met a server that takes other keys than it had. */
export function mayMeetRefusal(
  rotations: readonly Rotation[],
  { startedMs, endedMs }: { readonly startedMs: number; readonly endedMs: number },
): boolean {
  const overlaps = (fromMs: number, untilMs: number): boolean =>
    fromMs <= untilMs && startedMs <= untilMs && endedMs >= fromMs;
  return rotations.some(
    ({ takesAtMs, refusesAtMs, publishedAtMs }) =>
      overlaps(publishedAtMs, takesAtMs) ||
      overlaps(refusesAtMs, publishedAtMs) ||
      // It had read the old ones, and was late to show them.
      (startedMs <= publishedAtMs && endedMs >= refusesAtMs && refusesAtMs - publishedAtMs < showsWithinMs),
  );
}

/** How long a client may hold what it has read of its files until the server has seen it, over a bad network. */
const showsWithinMs = 3_000;
