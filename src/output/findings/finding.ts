import type { RuleId } from '../../core/schemas/rules.ts';

/** One problem with its place, as printers show it. */
export interface Finding {
  /** Warnings fail only with --strict. */
  readonly severity: 'error' | 'warning';
  /** As the command line named it; `standard input` for `-`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Within the document; empty for the file as a whole. */
  readonly path: string;
  /** The check that found it; its id never changes. */
  readonly rule: RuleId;
  /** What is wrong. */
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

/** One work that was read, and how much of the limits it takes. */
export interface CheckedWork {
  /** Absent for plain manifests that were checked without a name. */
  readonly name?: string;
  /** As the command line named it; `standard input` for `-`. */
  readonly file: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** How many it has. */
  readonly manifests: number;
  /** Of its manifests as JSON; agents take 500 KiB. */
  readonly manifestBytes: number;
  /** Of the whole request as JSON; Maestro takes 4 MiB. */
  readonly requestBytes: number;
}

/** What one run found. */
export interface Report {
  /** What was read, as the command line named it. */
  readonly files: readonly string[];
  /** What was found in them. */
  readonly works: readonly CheckedWork[];
  /** By file, then line, then column. */
  readonly findings: readonly Finding[];
  /** `apiVersion Kind` of manifests that no schema was at hand for. */
  readonly withoutSchema: readonly string[];
  /** Whether Maestro knows the consumer; absent when nobody asked, or nobody answered. */
  readonly consumer?: CheckedConsumer;
  /** What stood in the place of the expressions of templates; absent without --template-consumer. */
  readonly filledIn?: FilledIn;
}

/** What templates were tried with. */
export interface FilledIn {
  /** Names of the consumers that were given; empty when a sample stood for any. */
  readonly consumers: readonly string[];
  /** What was made up, by expression: `consumer.name`, `consumer.labels["zone"]`. */
  readonly samples: Readonly<Record<string, string>>;
}

/** A report with what people are shown beside it. */
export interface FoundReport extends Report {
  /** The line of a finding with a caret under its place; of mistakes of syntax. */
  readonly excerpts?: ReadonlyMap<Finding, string>;
}

/** A consumer that was asked for. */
export interface CheckedConsumer {
  /** As the command line named it. */
  readonly name: string;
  /** Whether Maestro knows it. */
  readonly exists: boolean;
}

/** Message and suggestion as one line. */
export function findingText({ message, suggestion }: Finding): string {
  return suggestion === undefined ? message : `${message} (${suggestion})`;
}

export function countOf(report: Report, severity: Finding['severity']): number {
  return report.findings.filter((finding) => finding.severity === severity).length;
}

/** `2 errors, 1 warning in 3 files (2 works)`. */
export function summaryText(report: Report): string {
  const counts = [counted(countOf(report, 'error'), 'error'), counted(countOf(report, 'warning'), 'warning')];
  return `${counts.join(', ')} in ${counted(report.files.length, 'file')} (${counted(report.works.length, 'work')})`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
