import type { Context, Maestro } from '../../../context.ts';
import type { KeptCommand, KeptVersion } from '../../../core/history/kept-version.ts';
import { SecretDigests } from '../../../core/history/secret-digest.ts';
import { leaveSecretsOut } from '../../../core/history/without-secrets.ts';
import { oneLine } from '../../../core/shown-text.ts';
import { counted } from '../../../core/text.ts';
import { contentDifferences, sameContent } from '../../../core/works/compare.ts';
import { storedContent, workFromBundle } from '../../../core/works/document.ts';
import type { ManifestWork } from '../../../core/works/manifest-work.ts';
import { ownAnnotationPrefix } from '../../../core/works/own-annotations.ts';
import type { ResourceBundle } from '../../../core/works/resource-bundle.ts';
import { MaestroError } from '../../../errors.ts';
import { fileFault } from '../../../io/file-fault.ts';
import {
  historyFolder,
  HistoryFiles,
  readHistory,
  usualBounds,
  type HistoryKey,
  type Kept,
} from '../../../io/history-files.ts';
import type { Applied } from '../../../operations/apply/carry-out.ts';
import { describeDifferences } from '../../../operations/apply/describe-difference.ts';
import type { Budget } from '../../../operations/budget.ts';
import type { Reporter } from '../../../output/reporter.ts';
import type { ConnectionOptions } from '../../../command-line/connection-options.ts';
import { endpointText } from '../../../operations/connection-trouble.ts';

/** What of a run is kept. */
export interface HistoryOption {
  /** So many versions of each work. */
  readonly versions: number;
  /** What writes them. */
  readonly command: KeptCommand;
  /** The version that a rollback writes again. */
  readonly rolledBackTo?: number;
}

/** What keeping needs of its run. */
export interface HistoryRun extends Pick<Context, 'clock' | 'env'> {
  readonly maestro: Pick<Maestro, 'reader'>;
  readonly budget: Budget;
  readonly reporter: Pick<Reporter, 'debug' | 'info' | 'warn'>;
}

/** Which history a work has: that of where it is written to. */
export function historyKey(
  { settings, source }: Pick<ConnectionOptions, 'settings' | 'source'>,
  { consumer, name }: { readonly consumer: string; readonly name: string },
): HistoryKey {
  return { server: endpointText(settings, 'grpc'), source, consumer, name };
}

/**
 * What of a change by hand is kept: as many versions as it says, else as many as were kept of its work before;
 * undefined when nothing was.
 */
export function historyOption(
  options: Pick<ConnectionOptions, 'settings' | 'source'> & { readonly keepVersions?: number },
  work: { readonly consumer: string; readonly name: string },
  as: Omit<HistoryOption, 'versions'>,
  { env, reporter }: Pick<HistoryRun, 'env' | 'reporter'>,
): HistoryOption | undefined {
  const { keepVersions } = options;
  if (keepVersions !== undefined) return { ...as, versions: keepVersions };
  const root = historyFolder(env);
  if (root === undefined) return undefined;
  try {
    const { keep } = readHistory(root, historyKey(options, work));
    return keep === undefined ? undefined : { ...as, versions: keep };
  } catch (error) {
    reporter.warn(`the history of ${work.name} cannot be read, and is not gone on with: ${fileFault(error)}`);
    return undefined;
  }
}

/**
 * Keeps the versions that a run writes. Whatever goes wrong with that is a
 * warning: the work is stored, and the outcome of the run tells of that.
 */
export class HistoryKeeper {
  readonly #options: Pick<ConnectionOptions, 'settings' | 'source'>;
  readonly #history: HistoryOption;
  readonly #files: HistoryFiles | undefined;
  readonly #run: HistoryRun;
  readonly #digests = new SecretDigests();
  #pending: Promise<void> = Promise.resolve();

  constructor(options: Pick<ConnectionOptions, 'settings' | 'source'>, history: HistoryOption, run: HistoryRun) {
    const root = historyFolder(run.env);
    this.#options = options;
    this.#history = history;
    this.#run = run;
    const bounds = { ...usualBounds, versions: history.versions };
    this.#files = root === undefined ? undefined : new HistoryFiles(root, bounds);
    if (root === undefined)
      run.reporter.warn('no history is kept: neither XDG_STATE_HOME nor HOME says where to keep it');
  }

  /** Keeps what a write has stored, once it is seen stored; one after the other. */
  keep(applied: Applied, consumer: string, manager: string): Promise<void> {
    this.#pending = this.#pending.then(() => this.#tryToKeep(applied, consumer, manager));
    return this.#pending;
  }

  /** Resolves when all is kept that is to be. */
  settled(): Promise<void> {
    return this.#pending;
  }

  async #tryToKeep(applied: Applied, consumer: string, manager: string): Promise<void> {
    if (this.#files === undefined) return;
    const { name } = applied.work;
    try {
      const key = historyKey(this.#options, { consumer, name });
      const found = applied.operation === 'unchanged' ? applied.stored : applied.before;
      if (found !== undefined) await this.#add(this.#files, key, this.#foundVersion(found));
      if (applied.operation === 'unchanged') return;
      const createdAt = await this.#confirmed(applied);
      const { command, rolledBackTo } = this.#history;
      await this.#add(this.#files, key, {
        kept: {
          version: applied.version,
          createdAt,
          keptAt: this.#now(),
          manager,
          operation: applied.operation,
          command,
          ...(rolledBackTo === undefined ? {} : { rolledBackTo }),
          changes: changesOf(applied),
        },
        work: applied.work,
      });
    } catch (error) {
      const why = error instanceof MaestroError ? error.message : fileFault(error);
      this.#run.reporter.warn(
        `${name} on ${consumer}: version ${applied.version} is not in the history: ${oneLine(why)}; the work itself is stored`,
      );
    }
  }

  /**
   * When the server made the row of the work, once the version is seen stored.
   * A later version is no doubt about this one when the server has answered the
   * write under a version check, since then it gave the next number to it.
   */
  async #confirmed({ id, version, work, before }: Applied): Promise<string> {
    const stored = await this.#run.maestro.reader.getBundle(id, this.#run.budget);
    if (stored === undefined) throw new Error('the work is not there any more');
    const isMadeAnew = before !== undefined && before.createdAt !== stored.createdAt;
    if (isMadeAnew || stored.version < version) throw new Error('it was not seen stored');
    if (stored.version === version && !isContent(stored, work))
      throw new Error('other content is stored under this number');
    if (stored.version > version && before?.version !== version - 1 && version !== 1)
      throw new Error('which version it became could not be seen: a later one is stored');
    return stored.createdAt;
  }

  #foundVersion(bundle: ResourceBundle): Entry {
    const { version, createdAt } = bundle;
    const kept = { version, createdAt, keptAt: this.#now(), operation: 'found', changes: [] } as const;
    return { kept, work: workFromBundle(bundle) };
  }

  async #add(files: HistoryFiles, key: HistoryKey, { kept, work }: Entry): Promise<void> {
    const bare = await leaveSecretsOut(work, this.#digests);
    const { leftOut } = bare;
    this.#tell(key, files.keep(key, { ...kept, leftOut }, bare));
  }

  #tell({ consumer, name }: HistoryKey, { dropped, droppedOfAll }: Kept): void {
    for (const { version, because } of dropped) {
      const why = because === 'versions' ? 'there are as many as are kept' : 'the work takes as much as is kept of one';
      this.#run.reporter.info(`${name} on ${consumer}: dropped version ${version} from the history: ${why}`);
    }
    if (droppedOfAll > 0)
      this.#run.reporter.warn(
        `dropped ${counted(droppedOfAll, 'version')} from the history, those kept longest ago: all works take more than is kept`,
      );
  }

  #now(): string {
    return new Date(this.#run.clock.wallMs()).toISOString();
  }
}

interface Entry {
  readonly kept: Omit<KeptVersion, 'work' | 'leftOut'>;
  readonly work: ManifestWork;
}

function isContent(stored: ResourceBundle, work: ManifestWork): boolean {
  return sameContent(storedContent(stored), work, { ignoreAnnotationsUnder: ownAnnotationPrefix });
}

/** What a write changed, in words. */
function changesOf({ work, before, removed }: Applied): readonly string[] {
  if (before === undefined) return [`creates it with ${counted(work.manifests.length, 'manifest')}`];
  const differences = contentDifferences(storedContent(before), work, { ignoreAnnotationsUnder: ownAnnotationPrefix });
  return describeDifferences({ differences, removed, stored: before }).map(({ text }) => text);
}
