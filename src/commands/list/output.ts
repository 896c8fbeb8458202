import type { Context } from '../../context.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { knownSource } from '../../operations/source.ts';
import { printedJson } from '../../output/json.ts';
import { nameLine } from '../../output/outcome.ts';
import { fullDocument, type ChangeType, type PrintedWork } from '../../output/work-document.ts';
import { openWorkList, openTableOf, type WorkList, type WorkListOptions } from '../../output/work-list.ts';
import { openCustomTable } from '../../output/custom-table.ts';
import type { ReadyOutput, WorkFormat } from '../../output/output-option.ts';
import type { ListOptions } from './options.ts';

type Place = Pick<Context, 'stdout' | 'clock' | 'env'>;

/** Options whose file of columns was read. */
export type ReadyListOptions = Omit<ListOptions, 'output'> & { readonly output: ReadyOutput<WorkFormat> };

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

export function openListOutput(options: ReadyListOptions, place: Place): Promise<WorkList> {
  return openWorkList(asShown(options), place);
}

/** Prints what changed: a row each, a name each, or a JSON value on a line of its own. */
export async function openChangeOutput(
  options: ReadyListOptions,
  place: Place,
): Promise<(changes: readonly Change[]) => void> {
  const { stdout } = place;
  switch (options.output.format) {
    case 'json':
      return (changes) => {
        for (const { type, kept } of changes) stdout.write(`${printedJson({ type, object: fullDocument(kept) })}\n`);
      };
    case 'name':
      return (changes) => {
        for (const { kept } of changes) {
          stdout.write(nameLine(workName(kept), kept.consumerName, asShown(options).oneConsumer));
        }
      };
    case 'custom-columns': {
      const rows = openCustomTable(options.output.columns, stdout, options.headers);
      return (changes) => rows(changes.map(({ kept }) => fullDocument(kept)));
    }
    default: {
      const { rows } = await openTableOf(asShown(options), place);
      const bundlesOf = (changes: readonly Change[], gone: boolean): readonly ResourceBundle[] =>
        changes.filter(({ type }) => (type === 'DELETED') === gone).map(({ kept }) => kept);
      return (changes) => {
        rows(bundlesOf(changes, false));
        rows(bundlesOf(changes, true), true);
      };
    }
  }
}

function asShown({ output, table, headers, consumers, ofSource, source }: ReadyListOptions): WorkListOptions {
  const oneConsumer = consumers.length === 1;
  return { output, table, oneConsumer, headers, sourceOf: (bundle) => ofSource ?? knownSource(bundle, source) };
}
