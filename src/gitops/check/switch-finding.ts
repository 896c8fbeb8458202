import { shellWord } from '../../core/shell-word.ts';
import { pullModelAnnotation } from '../constants.ts';
import type { ClusterFacts } from './facts.ts';
import type { Purpose, Told } from './finding.ts';

/** What the switch of a cluster says; undefined when it is as the purpose expects it. */
export function switchFinding(
  { name, pullModel }: Pick<ClusterFacts, 'name' | 'pullModel'>,
  purpose: Purpose,
): Told | undefined {
  if (pullModel === undefined || pullModel === 'maestro') return undefined;
  const takeOff = `kubectl annotate managedcluster ${shellWord(name)} ${pullModelAnnotation}-`;
  if (pullModel !== 'classic') {
    return {
      standing: 'fail',
      message: `its annotation ${pullModelAnnotation} is ${JSON.stringify(pullModel)}, which is no model: the controller leaves its applications alone`,
      mend: takeOff,
    };
  }
  // A migration sets it before it begins and takes it off when it is through.
  if (purpose !== 'running') return undefined;
  return {
    standing: 'fail',
    message: `its annotation ${pullModelAnnotation} is "classic": the controller leaves its applications alone`,
    mend: `end the migration that set it (maestro-cli gitops migrate status --plan=FILE), or: ${takeOff}`,
  };
}
