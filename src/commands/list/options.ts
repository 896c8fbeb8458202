import { present } from '../../core/present.ts';
import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { listedConsumers } from '../../command-line/consumer-choice.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { parseSelector } from '../../core/expressions/parse-selector.ts';
import type { Selector } from '../../core/expressions/syntax-tree.ts';
import { parseLabelSelector, type LabelSelector } from '../../core/label-selector.ts';
import { shownStates } from '../../core/status/shown-state.ts';
import { unknownValue } from '../../core/works/did-you-mean.ts';
import { MaestroError } from '../../errors.ts';
import { readOutput, workFormats, type OutputOption, type WorkFormat } from '../../output/output-option.ts';
import { intervalsOf, type Intervals } from '../../command-line/watch-interval.ts';
import { viaOf, type Way } from '../../command-line/via.ts';
import { workColumnNames, type WorkColumnName } from '../../output/work-columns.ts';
import { chosenColumns, type ChosenColumns } from '../shared/table/table-options.ts';
import { parseSortBy, type SortBy } from '../shared/table/sort-option.ts';
import { sortKeys, type SortKey } from './sort.ts';

/** The words of the column STATE, and those that only say what is proved. */
export const states = [...shownStates, 'unknown', 'failed'] as const;
export type WantedState = (typeof states)[number];
/** What can be printed change by change. */
const watchableOutputs: readonly string[] = ['table', 'wide', 'json', 'name', 'custom-columns', 'custom-columns-file'];

export interface ListOptions extends ConnectionOptions {
  /** Empty: all consumers. */
  readonly consumers: readonly string[];
  /** States to show; empty: all. */
  readonly states: readonly WantedState[];
  readonly selector: LabelSelector;
  /** A part of the work's name, or of `Kind/name` or `Kind/namespace/name` of a manifest. */
  readonly filter?: string;
  /** Only works in which this manager owns something. */
  readonly ofManager?: string;
  /** Only works of this adapter, by their label or name. */
  readonly ofAdapter?: string;
  /** A work is shown when it holds a manifest that one of these means; empty: all. */
  readonly resources: readonly Selector[];
  /** Undefined: every source. */
  readonly ofSource?: string;
  readonly sortBy?: SortBy<SortKey>;
  readonly limit?: number;
  /** How changes are watched; undefined: list once. */
  readonly watch?: Intervals & { readonly via: Way };
  readonly headers: boolean;
  readonly table: ChosenColumns<WorkColumnName>;
  readonly output: OutputOption<WorkFormat>;
}

export function parseList(input: ParseInput): ListOptions {
  const flags = flagReader(input);
  const ofSource = flags.text('source');
  if (ofSource !== undefined && flags.on('allSources'))
    throw new MaestroError('usage', '--source and --all-sources contradict each other');
  const selector = flags.text('selector');
  const limit = flags.wholeNumber('limit', 1);
  const sortBy = flags.text('sortBy');
  const output = readOutput(flags.text('output'), workFormats);
  const watch = watchOf(flags, output, limit);
  return {
    ...listedConsumers(input),
    states: flags
      .list('status')
      .flatMap((text) => text.split(','))
      .map((text) => stateOf(text.trim())),
    selector: selector === undefined ? [] : parseLabelSelector(selector),
    ...present({
      filter: flags.text('filter'),
      ofSource,
      ofManager: flags.text('manager'),
      ofAdapter: flags.text('adapter'),
      sortBy: sortBy === undefined ? undefined : parseSortBy(sortBy, sortKeys),
      limit,
      watch,
    }),
    resources: flags.list('resource').map((text) => parseSelector(text, '--resource')),
    headers: input.flags['headers'] !== false,
    table: chosenColumns(flags, workColumnNames, output.format),
    output,
    ...connectionOptions(input, watch === undefined ? callTimeoutMs : Number.POSITIVE_INFINITY),
  };
}

function watchOf(flags: FlagReader, output: ListOptions['output'], limit: number | undefined): ListOptions['watch'] {
  if (!flags.on('watch')) {
    for (const name of ['interval', 'via']) {
      if (flags.text(name) !== undefined) throw new MaestroError('usage', `--${name} is for --watch`);
    }
    return undefined;
  }
  if (limit !== undefined)
    throw new MaestroError('usage', '--limit and --watch contradict each other: what changes next may be any work');
  if (!watchableOutputs.includes(output.format)) {
    throw new MaestroError('usage', `-o ${output.format} is one value, and --watch has no end`, {
      hint: `Use one of: ${watchableOutputs.join(', ')}.`,
    });
  }
  return { ...intervalsOf(flags), via: viaOf(flags, 'stream') };
}

function stateOf(text: string): WantedState {
  const state = states.find((known) => known === text.toLowerCase());
  if (state !== undefined) return state;
  throw unknownValue('--status', text, states);
}
