import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What became of the mutants of one file. */
export interface FileFigures {
  readonly killed: number;
  /** They ran without end, or called what they never should: noticed too. */
  readonly timedOut: number;
  readonly survived: number;
  /** No test of the part comes to them. */
  readonly notReached: number;
  /** They could not be run at all; they count for nothing. */
  readonly invalid: number;
  /** Of all these, those that only empty a text: noticed, and not noticed. */
  readonly texts: readonly [noticed: number, unnoticed: number];
  /** Those that nobody noticed, each as `12 EqualityOperator: a > b → a >= b`. */
  readonly left: readonly string[];
}

/** The last run of one part. */
export interface PartFigures {
  /** What a run took that began from nothing, seconds; one that goes on from an earlier one says nothing of that. */
  readonly seconds?: number;
  readonly files: Readonly<Record<string, FileFigures>>;
}

/** The least score that is aimed at, percent. */
export const aim = 85;

/** Percent of the mutants that could be run; NaN when there is none. */
export function scoreOf({ files }: PartFigures): number {
  const all = Object.values(files);
  const noticed = all.reduce((sum, { killed, timedOut }) => sum + killed + timedOut, 0);
  const left = all.reduce((sum, { survived, notReached }) => sum + survived + notReached, 0);
  return (100 * noticed) / (noticed + left);
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: Place; readonly end: Place };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

/** A file for each part, so that parts that were run at two places come together without a conflict. */
const folder = join(import.meta.dirname, 'figures');

export function readFigures(part: string): PartFigures | undefined {
  const path = join(folder, `${part}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as PartFigures) : undefined;
}

export function writeFigures(part: string, figures: PartFigures): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${part}.json`), `${JSON.stringify(figures, null, 1)}\n`);
}

/** @param reportPath a report of Stryker as JSON */
export function figuresOf(reportPath: string): PartFigures['files'] {
  const { files } = JSON.parse(readFileSync(reportPath, 'utf8')) as Report;
  return Object.fromEntries(
    Object.entries(files)
      .filter(([, { mutants }]) => mutants.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, { source, mutants }]) => [file, fileFigures(source, mutants)]),
  );
}

function fileFigures(source: string, mutants: readonly Mutant[]): FileFigures {
  const of = (...statuses: readonly string[]): readonly Mutant[] =>
    mutants.filter(({ status }) => statuses.includes(status));
  const unnoticed = of('Survived', 'NoCoverage');
  const textsAmong = (some: readonly Mutant[]): number =>
    some.filter(({ mutatorName }) => mutatorName === 'StringLiteral').length;
  const noticed = of('Killed', 'Timeout');
  return {
    killed: of('Killed').length,
    timedOut: of('Timeout').length,
    survived: of('Survived').length,
    notReached: of('NoCoverage').length,
    invalid: mutants.length - noticed.length - unnoticed.length,
    texts: [textsAmong(noticed), textsAmong(unnoticed)],
    left: unnoticed
      .toSorted((a, b) => a.location.start.line - b.location.start.line)
      .map((mutant) => mutantText(source.split('\n'), mutant)),
  };
}

function mutantText(lines: readonly string[], { mutatorName, replacement = '', location }: Mutant): string {
  const { start, end } = location;
  const first = lines[start.line - 1] ?? '';
  const original = end.line === start.line ? first.slice(start.column - 1, end.column - 1) : `${first.trim()} …`;
  return `${start.line} ${mutatorName}: ${short(original)} → ${short(replacement)}`;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}
