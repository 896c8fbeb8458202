import type { Context } from '../../../context.ts';
import { workHash, type JournalFact } from '../../../core/fleet/journal.ts';
import type { ApplyFleetInput } from '../options.ts';
import type { RollOutFact, StoredHow } from '../../../core/roll-out/facts.ts';
import type { ManifestWork } from '../../../core/works/manifest-work.ts';
import { MaestroError } from '../../../errors.ts';
import { ExitCode } from '../../../exit-code.ts';
import { openJournal, type JournalFile } from '../../../io/journal-file.ts';
import type { ApplyTask } from '../../../operations/fleet/fleet-task.ts';
import type { KnownDone } from '../../../operations/fleet/roll-out.ts';

/** What Maestro has of a work, since when, and what was done for it. */
export interface Stored {
  readonly version: number;
  readonly how: StoredHow;
  readonly wallMs: number;
}

/** What a run remembers of earlier ones and leaves to later ones; nothing without a journal. */
export interface RunRecord {
  /** Absent where no earlier run has left anything. */
  readonly knownDone?: (task: ApplyTask) => KnownDone | undefined;
  add(task: ApplyTask, stored: Stored): void;
  /** What people may want to see of the roll-out while it goes on. */
  tell(fact: RollOutFact): void;
  flush(): void;
  /** The error that ended the recording, if there was one: the roll-out itself goes on. */
  end(): MaestroError | undefined;
}

/**
 * @param endpoint where the works go; a journal of another Maestro is refused
 * @throws MaestroError usage for a journal that is not of this input, or that another run uses
 */
export function openRecord(input: ApplyFleetInput, endpoint: string, context: Context): RunRecord {
  const { options, fleet } = input;
  if (fleet.journal === undefined)
    return { add: () => undefined, tell: () => undefined, flush: () => undefined, end: () => undefined };
  // It stays locked to the end of the run, even when it cannot be written any more.
  const file: JournalFile = openJournal(
    fleet.journal,
    context.cwd,
    { endpoint, source: options.source, input: input.hash },
    { pid: context.pid, wallMs: context.clock.wallMs(), isRunning: context.isRunning },
  );
  const done = new Map(file.entries.map((entry) => [`${entry.consumer}/${entry.name}`, entry]));
  // One work for all consumers is hashed once.
  const hashes = new WeakMap<ManifestWork, string>();
  const hashOf = (work: ManifestWork): string => {
    const known = hashes.get(work) ?? workHash(work);
    hashes.set(work, known);
    return known;
  };
  const knownDone = ({ consumer, work }: ApplyTask): KnownDone | undefined => {
    const entry = done.get(`${consumer}/${work.name}`);
    return entry !== undefined && entry.work === hashOf(work) ? entry : undefined;
  };
  let error: MaestroError | undefined;
  let closed = false;
  const recording = (action: (open: JournalFile) => void): void => {
    if (error !== undefined || closed) return;
    try {
      action(file);
    } catch (caught) {
      error = MaestroError.from(caught);
    }
  };
  return {
    ...(done.size === 0 ? {} : { knownDone }),
    add: ({ consumer, work }, stored) =>
      recording((open) => open.add({ consumer, name: work.name, work: hashOf(work), ...stored })),
    tell: (fact) => {
      if (isNews(fact)) recording((open) => open.tell(fact));
    },
    flush: () => recording((open) => open.flush()),
    end: () => {
      recording((open) => open.flush());
      if (!closed) file.close();
      closed = true;
      return error;
    },
  };
}

/** Entries tell what was stored, and where a work stands tells that it is as asked; what is neither is for an end. */
function isNews(fact: RollOutFact): fact is JournalFact {
  return fact.kind !== 'stored' && (fact.kind !== 'ended' || fact.end.exitCode !== ExitCode.Done);
}
