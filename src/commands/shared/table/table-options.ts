import type { FlagSpec } from '../../../command-line/command-spec.ts';
import type { FlagReader } from '../../../command-line/flag-values.ts';
import { unknownValue } from '../../../core/works/did-you-mean.ts';
import { MaestroError } from '../../../errors.ts';

/** What is chosen of a table by flags. */
export interface ChosenColumns<Name extends string> {
  /** In this order; undefined: those of the format. */
  readonly columns?: readonly Name[];
  readonly labelKeys: readonly string[];
  readonly showLabels: boolean;
}

/** Flags that choose what a table shows. */
export function tableFlags(columns: readonly string[]): readonly FlagSpec[] {
  return [
    {
      flags: '--columns <names>',
      about: `what a table shows, in this order, whole: ${columns.join(', ')}`,
      values: columns,
      commas: true,
    },
    {
      flags: '-L, --label-columns <keys>',
      about: 'labels with a column each; repeatable, or with commas',
      repeat: true,
    },
    { flags: '--show-labels', about: 'a last column with all labels' },
    { flags: '--no-headers', about: 'leave the line of headers out' },
  ];
}

/**
 * @param format what `-o` says; undefined when it says nothing
 * @throws MaestroError usage for a column that there is not, and for columns of what is no table
 */
export function chosenColumns<Name extends string>(
  flags: FlagReader,
  known: readonly Name[],
  format: string | undefined,
): ChosenColumns<Name> {
  const text = flags.text('columns');
  const labelKeys = flags.list('labelColumns').flatMap((keys) => namesIn(keys, '--label-columns'));
  const showLabels = flags.on('showLabels');
  const given = text !== undefined ? '--columns' : labelKeys.length > 0 ? '--label-columns' : '--show-labels';
  const any = text !== undefined || labelKeys.length > 0 || showLabels;
  if (any && format !== undefined && format !== 'table' && format !== 'wide')
    throw new MaestroError('usage', `${given} is for tables, and -o ${format} is none`);
  if (text !== undefined && format === 'wide')
    throw new MaestroError('usage', '--columns and -o wide contradict each other: each says which columns there are');
  return {
    ...(text === undefined ? {} : { columns: namesIn(text, '--columns').map((name) => columnOf(name, known)) }),
    labelKeys,
    showLabels,
  };
}

function columnOf<Name extends string>(name: string, known: readonly Name[]): Name {
  const column = known.find((one) => one === name.toLowerCase());
  if (column !== undefined) return column;
  throw unknownValue('--columns', name, known);
}

function namesIn(text: string, flag: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new MaestroError('usage', `${flag} ${text} holds an empty name`);
  return names;
}
