import type { Context } from '../../context.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { knownSource } from '../../operations/source.ts';
import { printedJson } from '../../output/json.ts';
import { workLine } from '../../output/outcome.ts';
import { fullDocument, type ChangeType, type PrintedWork } from '../../output/work-document.ts';
import { openWorkList, openWorkTable, type WorkList, type WorkListOptions } from '../../output/work-list.ts';
import { workHeaders } from '../../output/work-row.ts';
import type { ListOptions } from './options.ts';

type Place = Pick<Context, 'stdout' | 'clock'>;

interface Change {
  readonly type: ChangeType;
  readonly kept: ResourceBundle;
}

/** A line of `list --watch -o json`. */
export interface PrintedListChange {
  /** What became of the work; `ADDED` also for each that is there when the watch begins. */
  readonly type: ChangeType;
  /** The work; after `DELETED` as it was seen last. */
  readonly object: PrintedWork;
}

export function openListOutput(options: ListOptions, place: Place): WorkList {
  return openWorkList(asShown(options), place);
}

/** Prints what changed: a row each, a name each, or a JSON value on a line of its own. */
export function openChangeOutput(options: ListOptions, place: Place): (changes: readonly Change[]) => void {
  const { stdout } = place;
  switch (options.output.format) {
    case 'json':
      return (changes) => {
        for (const { type, kept } of changes) stdout.write(`${printedJson({ type, object: fullDocument(kept) })}\n`);
      };
    case 'name':
      return (changes) => {
        for (const { kept } of changes) stdout.write(`${workLine(workName(kept))}\n`);
      };
    default: {
      const rows = openWorkTable(asShown(options), place);
      const bundlesOf = (changes: readonly Change[], gone: boolean): readonly ResourceBundle[] =>
        changes.filter(({ type }) => (type === 'DELETED') === gone).map(({ kept }) => kept);
      return (changes) => {
        rows(bundlesOf(changes, false));
        rows(bundlesOf(changes, true), removedRow);
      };
    }
  }
}

function asShown({ output, headers, ofSource, source }: ListOptions): WorkListOptions {
  return { output, headers, sourceOf: (bundle) => ofSource ?? knownSource(bundle, source) };
}

/** Maestro no longer has the work; what it showed last is no news of the cluster. */
function removedRow(row: readonly string[]): readonly string[] {
  return row.map((cell, index) =>
    workHeaders[index] === 'APPLIED' || workHeaders[index] === 'AVAILABLE' ? 'Removed' : cell,
  );
}
