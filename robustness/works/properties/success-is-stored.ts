import type { Call, History } from '../history/history.ts';
import { clockMs, faultsOfSuccesses, isWriting, markOf, rowsOf, toldBy, type Property } from './property.ts';

export const successIsStored: Property = {
  name: 'success-is-stored',
  says: 'a write that ends with 0 is stored at the version that it tells, with all that it gave, between its begin and its end',
  check: (history) => faultsOfSuccesses(history, faults),
};

function faults(call: Call, history: History): readonly string[] {
  const { step } = call;
  if (step.kind === 'delete-resource') {
    const version = toldBy(call)?.version;
    const row = rowsOf(history, step.target).findLast((one) => one.version === version && !one.removed);
    const left = row?.manifests.find(({ name, manager }) => name === step.object && manager === step.manager);
    return left === undefined ? [] : [`${step.object} of ${step.manager} is still in version ${String(version)}`];
  }
  if (step.kind === 'delete') {
    const last = rowsOf(history, step.target).findLast(({ atMs }) => atMs <= call.endedMs + clockMs);
    const asked = last === undefined || last.deleting || last.removed;
    const made = rowsOf(history, step.target).some(({ atMs }) => atMs >= call.startedMs && atMs <= call.endedMs);
    // Somebody may have made it anew while the command ended.
    return asked || made ? [] : ['the work was neither deleted nor absent when its deletion ended well'];
  }
  if (!isWriting(step)) return [];
  const version = toldBy(call)?.version;
  if (version === undefined) return ['it tells no version'];
  const rows = rowsOf(history, step.target).filter((row) => row.version === version && !row.removed);
  const holding = rows.find((row) =>
    step.objects.every((name) => row.manifests.some((one) => one.name === name && one.call === markOf(call))),
  );
  if (holding === undefined) return [`version ${String(version)} does not hold all that it gave`];
  if (holding.atMs > call.endedMs + clockMs) return [`version ${String(version)} was stored after it had ended`];
  return [];
}
