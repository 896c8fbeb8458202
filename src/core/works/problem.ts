import { pathText } from '../yaml/json-path.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import type { SourceDocument } from '../yaml/read-documents.ts';

/** Something that is wrong, or looks wrong, with an input; found offline. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** From the root of the ManifestWork document; empty for the document as a whole. */
  readonly path: JsonPath;
  /** What is wrong there, without the path. */
  readonly message: string;
  /** Which check found it, as a stable id; `ruleOf` of src/core/schemas/rules.ts knows the rest by their texts. */
  readonly rule?: string;
  /** What was probably meant. */
  readonly suggestion?: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** `file:line:column: path: message`, each part when it is known; warnings say so. */
export function problemText(problem: Problem): string {
  return textOf(problem, problem.severity === 'warning' ? 'warning' : '');
}

/** The same for where it is said already that it is a warning. */
export function warningText(problem: Problem): string {
  return textOf(problem, '');
}

function textOf(problem: Problem, severity: string): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const parts = [place, severity, pathText(problem.path), problem.message];
  const text = parts.filter((part) => part !== '').join(': ');
  return problem.suggestion === undefined ? text : `${text} (${problem.suggestion})`;
}

/** The problem with its place in the file, when the document has one for it. */
export function locateProblem(problem: Problem, document: SourceDocument | undefined): Problem {
  if (document === undefined || problem.line !== undefined) return problem;
  return { ...problem, file: document.file, ...document.locate(problem.path) };
}

/** Whether one of the problems is more than a warning. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
