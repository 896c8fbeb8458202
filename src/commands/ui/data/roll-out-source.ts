import { resolve } from 'node:path';
import { JournalReading } from '../../../core/fleet/journal-facts.ts';
import { RollOutRecord, type RollOutPicture } from '../../../core/roll-out/record.ts';
import { fileFault } from '../../../io/file-fault.ts';
import { followFile, type FollowedFile } from '../../../io/followed-file.ts';
import { journalUse } from '../../../io/journal-file.ts';
import { slept } from '../../../clock.ts';
import type { GatherDeps } from '../frame/view.ts';

/** What can be said of a roll-out that is followed through its journal. */
export interface FollowedRollOut {
  /** As the user named it. */
  readonly path: string;
  readonly picture: RollOutPicture;
  /** Whether a run writes to it at this moment, as far as can be seen. */
  readonly use: 'held' | 'free' | 'unknown';
  /** Why nothing can be read, or what is there is no journal; one sentence. */
  readonly problem?: string;
  /** Lines that say nothing to this version. */
  readonly unknownLines: number;
}

/** Between two looks at the file. */
const lookEveryMs = 300;

/** What a view of a roll-out shows, and how another one is opened. */
export interface RollOutData {
  /** Undefined as long as nobody has named a journal. */
  readonly followed: FollowedRollOut | undefined;
  /** Goes over to another journal. */
  open(path: string): void;
}

/** Follows the journal that somebody named, while it grows. */
export class RollOutSource implements RollOutData {
  readonly #deps: Pick<GatherDeps, 'context' | 'session' | 'signal' | 'changed'>;
  #path: string | undefined;
  #file: FollowedFile | undefined;
  #reading = new JournalReading();
  #record = new RollOutRecord();
  #problem: string | undefined;
  #use: FollowedRollOut['use'] = 'unknown';
  /** Made when it is asked for: pictures are drawn more often than the file grows. */
  #picture: RollOutPicture | undefined;

  constructor(deps: Pick<GatherDeps, 'context' | 'session' | 'signal' | 'changed'>, path: string | undefined) {
    this.#deps = deps;
    if (path !== undefined) this.open(path);
    void this.#follow();
  }

  get followed(): FollowedRollOut | undefined {
    if (this.#path === undefined) return undefined;
    this.#picture ??= this.#record.picture();
    return {
      path: this.#path,
      picture: this.#picture,
      use: this.#use,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      unknownLines: this.#reading.unknownLines,
    };
  }

  open(path: string): void {
    this.#path = path;
    this.#file = followFile(resolve(this.#deps.context.cwd, path));
    this.#begin();
    this.#look();
  }

  #begin(): void {
    this.#reading = new JournalReading();
    this.#record = new RollOutRecord();
    this.#picture = undefined;
  }

  async #follow(): Promise<void> {
    const { session, signal } = this.#deps;
    while (await slept(session.budget.clock, lookEveryMs, signal)) if (this.#look()) this.#deps.changed();
  }

  /** @returns whether there is anything new to be seen */
  #look(): boolean {
    if (this.#file === undefined || this.#path === undefined) return false;
    const before = [this.#problem, this.#use];
    let isNews = false;
    try {
      const { text, isNew } = this.#file.look();
      if (isNew) this.#begin();
      const facts = this.#reading.take(text);
      for (const fact of facts) this.#record.take(fact);
      isNews = isNew || facts.length > 0;
      this.#problem = this.#reading.isOther ? `${this.#path} is no journal of maestro-cli` : undefined;
    } catch (caught) {
      this.#problem = `${this.#path} cannot be read: ${fileFault(caught)}`;
    }
    if (isNews) this.#picture = undefined;
    const { cwd, isRunning } = this.#deps.context;
    this.#use = journalUse(resolve(cwd, this.#path), isRunning);
    return isNews || before[0] !== this.#problem || before[1] !== this.#use;
  }
}
