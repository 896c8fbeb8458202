import {
  checkNames,
  checkSpecs,
  type CheckFinding,
  type CheckName,
  type CheckScope,
  type Findings,
} from './finding.ts';

/** How one check went, over all its subjects. */
export interface CheckResult {
  readonly name: CheckName;
  readonly scope: CheckScope;
  /** What holds when all is well. */
  readonly about: string;
  /** Subjects of which it holds. */
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  /** Of whatever does not simply hold, in the order of the subjects. */
  readonly findings: readonly CheckFinding[];
  /** Subjects of which it holds, when they were asked for. */
  readonly healthy?: readonly string[];
}

/** Collects what checks tell: what holds is counted, so that a large fleet takes little memory. */
export class CheckReport implements Findings {
  readonly #counts = new Map<CheckName, number>();
  readonly #healthy = new Map<CheckName, string[]>();
  readonly #findings = new Map<CheckName, CheckFinding[]>();
  readonly #namesAll: boolean;

  constructor({ namesAll = false }: { readonly namesAll?: boolean } = {}) {
    this.#namesAll = namesAll;
  }

  passed(check: CheckName, subject: string): void {
    this.#counts.set(check, (this.#counts.get(check) ?? 0) + 1);
    if (this.#namesAll) listIn(this.#healthy, check).push(subject);
  }

  told(finding: CheckFinding): void {
    listIn(this.#findings, finding.check).push(finding);
  }

  /** Nothing failed, and nothing is unknown. */
  get holds(): boolean {
    return [...this.#findings.values()].every((all) => all.every(({ standing }) => standing === 'note'));
  }

  /** The checks that were made, in their order. */
  results(): readonly CheckResult[] {
    return checkNames.flatMap((name): readonly CheckResult[] => {
      const passed = this.#counts.get(name) ?? 0;
      const findings = (this.#findings.get(name) ?? []).toSorted(bySubject);
      if (passed === 0 && findings.length === 0) return [];
      const count = (standing: CheckFinding['standing']): number =>
        findings.filter((finding) => finding.standing === standing).length;
      const healthy = this.#healthy.get(name);
      return [
        {
          name,
          ...checkSpecs[name],
          passed,
          failed: count('fail'),
          unknown: count('unknown'),
          findings,
          ...(healthy === undefined ? {} : { healthy: healthy.toSorted() }),
        },
      ];
    });
  }
}

function bySubject(a: CheckFinding, b: CheckFinding): number {
  return a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0;
}

function listIn<T>(lists: Map<CheckName, T[]>, name: CheckName): T[] {
  const known = lists.get(name);
  if (known !== undefined) return known;
  const made: T[] = [];
  lists.set(name, made);
  return made;
}
