import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../support/run-cli.ts';

const src = join(projectRoot, 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const naming = (pattern: RegExp): readonly string[] =>
  files.filter((file) => pattern.test(readFileSync(join(src, file), 'utf8'))).sort();
/** Files that import something by its name; types aside. */
const importing = (name: string): readonly string[] =>
  naming(new RegExp(`import \\{[^}]*(?<!type )\\b${name}\\b[^}]*\\} from`));

/**
 * What a delete or an apply does is decided in one place each. A command, the library or a fleet that made a write of
 * its own would soon answer the same question in another way.
 */
describe('a write', () => {
  it('is sent by the rooms of apply, delete, migrate and the Argo CD model, and nowhere else', () => {
    expect(importing('publishSafely')).toEqual([
      // Theirs are probes that own nothing, and whole bundles of the Argo CD model, in an order that leaves no
      // application without owner.
      'gitops/check/probe-clusters.ts',
      'gitops/fleet-state/ownership-probes.ts',
      'gitops/fleet-state/rounds.ts',
      'gitops/fleet-state/uninstall.ts',
      'gitops/handover/send.ts',
      'operations/apply/carry-out.ts',
      'operations/delete/orphan.ts',
      'operations/delete/plan.ts',
      // Its steps are no writes of users, but whole works of a plan in an order that leaves no object without owner.
      'operations/migrate/carry-out.ts',
    ]);
    // Clients and the stand-in carry what others decide, controllers have rules of their own, and the doctor asks for
    // something that no server does, to see whether it is refused.
    const publishers = naming(/\.publish\(/).filter(
      (file) => !/^(clients|standin|gitops|operations\/doctor)\//.test(file),
    );
    expect(publishers).toEqual([
      // These bound how many writes are under way, take their time, and find out what became of them.
      'operations/fleet/publish-limits.ts',
      'operations/observed-calls.ts',
      'operations/publish.ts',
      'operations/traced-calls.ts',
    ]);
  });

  it('of a delete is decided by deleteWork, whoever asks', () => {
    for (const name of ['planDelete', 'requestDelete', 'findForDelete', 'tellToLetGo', 'letGoWork', 'reduceWork'])
      expect(importing(name), name).toEqual(['operations/delete/delete-work.ts']);
    // In two steps, between which all works are waited for together.
    expect(importing('beginDelete')).toEqual(['commands/delete/works.ts']);
    expect(importing('deleteLetGo')).toEqual(['commands/delete/settle.ts']);
    expect(importing('deleteWork')).toEqual([
      'commands/ui/data/changes.ts',
      'library/consumer-works.ts',
      'operations/fleet/carry-out-task.ts',
    ]);
  });

  it('of an apply is made by applyWork, whoever asks', () => {
    expect(importing('carryOut')).toEqual(['operations/apply/apply-work.ts']);
    expect(importing('applyWork')).toEqual([
      'library/consumer-works.ts',
      'operations/apply/write-work.ts',
      'operations/delete/delete-work.ts',
    ]);
    expect(importing('writeWork')).toEqual([
      'commands/shared/write/write-works.ts',
      'operations/fleet/carry-out-task.ts',
    ]);
  });
});
