import { describeState } from '../../core/status/describe-state.ts';
import { foldStatus } from '../../core/status/fold.ts';
import { listed } from '../../core/text.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { frozenForm, isReadOnly, migrationOf, stampOf, stampPrefixes, thawedForm, withoutConfig } from './forms.ts';
import { isOwnRow, type OwnBundle } from './own-bundles.ts';
import { updateOf, type Decide, type Next } from './rounds.ts';

export interface FreezeOptions {
  readonly source: string;
  readonly hubId: string;
  /** Names this run in what it stamps, and in the marks of a touch. */
  readonly runId: string;
  /** Until the agents have applied what was sent. */
  readonly wait: boolean;
  /** Wall time, for ages in what is told. */
  readonly wallMs: () => number;
}

export interface UnfreezeOptions extends FreezeOptions {
  /** Have the Application applied once more, so that what was changed on the cluster is put right. */
  readonly touch: boolean;
}

/** Every bundle changes nothing on its cluster any more, and reports as before. */
export function freezing(options: FreezeOptions): Decide {
  const sent = new Set<string>();
  return (row, bundle) => {
    const refused = refusalOf(row, bundle, options);
    if (refused !== undefined || row === undefined) return refused ?? gone(bundle);
    const migration = migrationOf(row);
    if (migration !== '' && !migration.startsWith(stampPrefixes.freeze)) return busy(migration);
    if (migration === '' || !isReadOnly(row)) {
      const bare = withoutConfig(row);
      if (bare.length > 0)
        return refuse('ownership', `no config of its own says how ${listed(bare)} is applied: somebody else wrote it`);
      sent.add(row.id);
      const stamp = migration === '' ? stampOf('freeze', options.runId) : migration;
      return {
        kind: 'publish',
        request: updateOf(row, frozenForm(row, stamp), options.source),
        baseVersion: row.version,
        said: `frozen (version ${row.version + 1})`,
      };
    }
    return settled(row, options, {
      reason: sent.has(row.id) ? 'Frozen' : 'AlreadyFrozen',
      text: sent.has(row.id) ? 'frozen' : 'was frozen already',
    });
  };
}

/** Every frozen bundle is enforced again, as it was before. */
export function unfreezing(options: UnfreezeOptions): Decide {
  const done = new Map<string, { readonly text: string; readonly version: number }>();
  return (row, bundle) => {
    const refused = refusalOf(row, bundle, options);
    if (refused !== undefined || row === undefined) return refused ?? gone(bundle);
    const migration = migrationOf(row);
    if (migration === '') {
      const thawed = done.get(row.id);
      // The controllers may publish as soon as it is theirs again: that is applied as well as ours would be.
      if (thawed !== undefined && row.version >= thawed.version)
        return settled(row, options, { reason: 'Unfrozen', text: thawed.text });
      return settled(row, options, { reason: 'NotFrozen', text: 'is not frozen' });
    }
    if (!migration.startsWith(stampPrefixes.freeze)) return busy(migration);
    const { work, touched, isAsPublished } = thawedForm(row, options.touch ? options.runId : undefined);
    const text = [
      touched ? 'unfrozen and touched' : 'unfrozen',
      ...(options.touch && !touched ? ['not touched, because an operation or a refresh travels with it'] : []),
      ...(isAsPublished ? [] : ['the controllers publish it anew, because it is not what they published last']),
    ].join('; ');
    done.set(row.id, { text, version: row.version + 1 });
    return {
      kind: 'publish',
      request: updateOf(row, work, options.source),
      baseVersion: row.version,
      said: `${text} (version ${row.version + 1})`,
    };
  };
}

/** What would be done to a bundle, in words, by what is known before anything is read in full. */
export function forecastOf(goal: 'freeze' | 'unfreeze', { migration, deleting }: OwnBundle): string {
  if (deleting) return 'is being deleted, left alone';
  const isFrozen = migration.startsWith(stampPrefixes.freeze);
  if (migration !== '' && !isFrozen) return `migration ${migration} works on it, left alone`;
  if (goal === 'freeze') return isFrozen ? 'is frozen already' : 'would be frozen';
  return isFrozen ? 'would be unfrozen' : 'is not frozen';
}

function settled(
  row: ResourceBundle,
  { wait, wallMs }: FreezeOptions,
  done: { readonly reason: string; readonly text: string },
): Next {
  const { version } = row;
  const state = foldStatus(row, version);
  if (state.kind === 'applied' || state.kind === 'available') return { kind: 'done', ...done, version };
  if (!wait) return { kind: 'done', reason: 'Accepted', text: `${done.text}; its agent has not said so yet`, version };
  return { kind: 'wait', text: describeState(state, wallMs()), sent: { row, state } };
}

/** What forbids to touch it whatever the goal. */
function refusalOf(
  row: ResourceBundle | undefined,
  bundle: OwnBundle,
  { hubId }: Pick<FreezeOptions, 'hubId'>,
): Next | undefined {
  if (row === undefined) return undefined;
  if (!isOwnRow(row, bundle, hubId)) return refuse('ownership', 'the bundle is not of this hub any more');
  if (row.deletedAt !== undefined)
    return {
      kind: 'refused',
      error: new MaestroError('conflict', `it is being deleted since ${row.deletedAt}`, { reason: 'BeingDeleted' }),
    };
  return undefined;
}

function gone({ version }: OwnBundle): Next {
  return { kind: 'done', reason: 'NotFound', text: 'its bundle is gone', version };
}

function busy(migration: string): Next {
  return refuse('conflict', `migration ${migration} works on it`);
}

function refuse(code: 'ownership' | 'conflict', text: string): Next {
  return { kind: 'refused', error: new MaestroError(code, text) };
}
