import type { Mutation } from './mutation.ts';

const advance = 'src/core/migration/advance.ts';

/** Faults that show in migrations; nobody has migrated works by a tool before, so they are thought of. */
export const migrate: readonly Mutation[] = [
  {
    name: 'old-go-before-new-own',
    whose: 'thought of',
    story: 'the old works let go of their objects before an agent has reported the new ones',
    family: 'migrate',
    properties: ['lets-go-when-proven', 'success-is-moved', 'objects-stand'],
    withinSeconds: 120,
    file: advance,
    find: "    } else if (!isApplied(one)) awaited.push(waitFor(one, row, 'applied'));\n    else if (proven && lacksProof(one).length > 0) awaited.push(waitFor(one, row, 'owner'));\n  }\n  if (steps.length > 0) return { kind: 'write', steps };\n  return awaited.length > 0 ? { kind: 'wait', awaited } : undefined;",
    replace:
      "    }\n  }\n  if (steps.length > 0) return { kind: 'write', steps };\n  return awaited.length > 0 ? { kind: 'wait', awaited } : undefined;",
  },
  {
    name: 'deleted-before-let-go',
    whose: 'thought of',
    story: 'old works are deleted as soon as they were told to let go, before their agent has',
    family: 'migrate',
    properties: ['deletes-what-let-go', 'objects-stand'],
    withinSeconds: 120,
    file: advance,
    find: "    } else if (!isApplied(one)) awaited.push(waitFor(one, row, 'applied'));\n  }\n  if (steps.length > 0) return { kind: 'write', steps };\n  if (awaited.length > 0) return { kind: 'wait', awaited };\n  for",
    replace: "    }\n  }\n  if (steps.length > 0) return { kind: 'write', steps };\n  for",
  },
  {
    name: 'deleted-without-orphan',
    whose: 'thought of',
    story: 'old works are deleted without being told to leave their objects alone',
    family: 'migrate',
    properties: ['deletes-what-let-go', 'objects-stand'],
    withinSeconds: 120,
    file: advance,
    find: "  if (form === 'orphaned' || row === undefined) return true;",
    replace: "  if (form !== 'absent') return true;\n  if (row === undefined) return true;",
  },
  {
    name: 'stale-plan-is-run',
    whose: 'thought of',
    story: 'a plan is carried out over works that somebody wrote since, whose writes are lost',
    family: 'migrate',
    aim: { with: ['apply'] },
    properties: ['others-are-kept', 'deletes-what-let-go', 'lets-go-when-proven', 'success-is-moved'],
    withinSeconds: 300,
    file: advance,
    find: "  const other = [...old, ...fresh].find(({ form }) => form === 'other');",
    replace: "  const other = fresh.find(({ form, row }) => form === 'other' && row === undefined);",
  },
  {
    name: 'rollback-forgets-what-is-gone',
    whose: 'thought of',
    story: 'a rollback that goes on after finish lets the new works go without making the old ones again',
    family: 'migrate',
    aim: { with: ['rollback'] },
    properties: ['lets-go-when-proven', 'objects-stand', 'undo-returns'],
    withinSeconds: 180,
    file: advance,
    find: "    } else if (row === undefined) steps.push({ kind: 'create', to: of, work: wanted });",
    replace:
      "    } else if (row === undefined) {\n      if (of.plannedVersion === undefined) steps.push({ kind: 'create', to: of, work: wanted });\n    }",
  },
];
