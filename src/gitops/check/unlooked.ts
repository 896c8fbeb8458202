import type { FleetFacts } from './facts.ts';
import { unseen, type CheckName, type Findings } from './finding.ts';

type Source = 'clusters' | 'consumers' | 'addOns' | 'decisions' | 'applications' | 'bundles' | 'classic';

/** Which checks rest on what was read. */
const restOn: Readonly<Record<Source, readonly CheckName[]>> = {
  clusters: ['cluster-known', 'joined', 'available', 'switch'],
  consumers: ['consumer'],
  addOns: ['addon-maestro', 'addon-gitops'],
  decisions: ['placed'],
  applications: [
    'opt-in',
    'skip-reconcile',
    'placed',
    'names',
    'spoke-name',
    'one-model',
    'applied',
    'project',
    'conditions',
    'ownerless',
  ],
  bundles: ['agent', 'one-model', 'applied', 'ownerless'],
  classic: ['one-model', 'ownerless'],
};

/** Of each check that could not be made: that it was not, which is no success. */
export function findOfUnlooked(facts: Pick<FleetFacts, Source | 'purpose'>, findings: Findings): void {
  const missing = (Object.keys(restOn) as readonly Source[]).filter((source) => !facts[source].seen);
  const checks = new Set(missing.flatMap((source) => restOn[source]));
  for (const check of checks) {
    if (check === 'applied' && facts.purpose === 'to-maestro') continue;
    findings.told({ check, subject: '', ...unseen });
  }
}
