import { formatAge, formatDuration } from '../../core/duration.ts';
import { shellWord } from '../../core/shell-word.ts';
import {
  addOnNames,
  noEvidence,
  type AddOnName,
  type ClusterEvidence,
  type ClusterFacts,
  type FleetFacts,
} from './facts.ts';
import type { CheckName, Findings, Told } from './finding.ts';
import { runbook } from './mend.ts';
import { switchFinding } from './switch-finding.ts';

/** Where each add-on is installed on its cluster, as its documentation has it. */
const installNamespaces: Readonly<Record<AddOnName, string>> = {
  'maestro-addon': 'open-cluster-management-agent',
  'gitops-addon': 'open-cluster-management-agent-addon',
};
const agentNamespace = 'open-cluster-management-agent';

/** What is found of each cluster that was chosen. Pure. */
export function findOfClusters(facts: FleetFacts, findings: Findings): void {
  for (const name of facts.chosen) findOfCluster(name, facts, findings);
}

function findOfCluster(name: string, facts: FleetFacts, findings: Findings): void {
  const say = (check: CheckName, told: Told | undefined): void => {
    if (told === undefined) findings.passed(check, name);
    else findings.told({ check, subject: name, cluster: name, ...told });
  };
  if (facts.clusters.seen) {
    const cluster = facts.clusters.value.get(name);
    say('cluster-known', unknownCluster(name, cluster));
    // Of what is not there, or is the hub, nothing else can be asked.
    if (cluster === undefined || cluster.local) return;
    say('joined', notJoined(cluster));
    if (cluster.joined) say('available', notAvailable(cluster, facts.wallMs));
    say('switch', switchFinding(cluster, facts.purpose));
  }
  const evidence = facts.evidence.get(name) ?? noEvidence();
  if (facts.consumers.seen) say('consumer', withoutConsumer(name, facts.consumers.value));
  if (facts.bundles.seen) say('agent', silentAgent(name, evidence, facts));
  if (facts.addOns.seen && facts.addOns.value !== undefined) {
    for (const addOn of addOnNames)
      say(addOn === 'maestro-addon' ? 'addon-maestro' : 'addon-gitops', withoutAddOn(addOn, name, evidence, facts));
  }
  say('argo-cd', withoutArgo(name, evidence, facts));
  say('agent-rights', withoutRights(evidence));
}

function unknownCluster(name: string, cluster: ClusterFacts | undefined): Told | undefined {
  if (cluster === undefined) {
    return {
      standing: 'fail',
      message:
        'the hub has no ManagedCluster of this name, which was asked for, or which applications or works are for',
      mend: `kubectl get managedclusters; import the cluster as ${shellWord(name)}, or correct the applications that name it`,
    };
  }
  if (!cluster.local) return undefined;
  return {
    standing: 'fail',
    message: 'it is the hub itself (label local-cluster=true): nothing is ever published to it',
    mend: 'take the hub out of the Placement of the ApplicationSet, or name another cluster on the applications',
  };
}

function notJoined({ name, accepted, joined }: ClusterFacts): Told | undefined {
  if (accepted && joined) return undefined;
  if (!accepted) {
    return {
      standing: 'fail',
      message: 'the hub has not accepted it (HubAcceptedManagedCluster)',
      mend: `kubectl patch managedcluster ${shellWord(name)} --type=merge -p '{"spec":{"hubAcceptsClient":true}}'`,
    };
  }
  return {
    standing: 'fail',
    message: 'it has not joined (ManagedClusterJoined)',
    mend: `kubectl describe managedcluster ${shellWord(name)}; see whether its klusterlet runs and reaches the hub`,
  };
}

function notAvailable({ name, available, availableSince }: ClusterFacts, wallMs: number): Told | undefined {
  if (available === true) return undefined;
  const sinceMs = Date.parse(availableSince);
  const since = Number.isNaN(sinceMs) ? '' : ` for ${formatAge(wallMs - sinceMs)}`;
  return {
    standing: available === undefined ? 'unknown' : 'fail',
    message:
      available === undefined
        ? 'the hub has not judged yet whether it is available'
        : `it has been unavailable${since}`,
    mend: `kubectl describe managedcluster ${shellWord(name)}; see whether its klusterlet runs and reaches the hub`,
  };
}

function withoutConsumer(name: string, consumers: ReadonlySet<string>): Told | undefined {
  if (consumers.has(name)) return undefined;
  return {
    standing: 'fail',
    message: 'Maestro has no consumer of this name, so nothing can be sent to it',
    mend: `maestro-cli consumer create ${shellWord(name)}; the add-on manager of maestro-addon does it by itself when it runs`,
  };
}

function silentAgent(name: string, { reportedMs, bundles }: ClusterEvidence, facts: FleetFacts): Told | undefined {
  const { wallMs, agentWithinMs } = facts;
  const probe = facts.probes.get(name);
  const mend = `on the cluster: kubectl -n ${agentNamespace} get pods; the agent of Maestro has to run and reach the broker`;
  if (probe?.answered === true) return undefined;
  if (probe !== undefined)
    return { standing: 'fail', message: `the agent did not answer the probe: ${probe.why}`, mend };
  if (bundles === 0) {
    return {
      standing: 'unknown',
      message: 'it has no work of this source, so nothing tells of its agent',
      mend: `maestro-cli gitops check --probe --cluster=${shellWord(name)}`,
    };
  }
  if (reportedMs === undefined)
    return { standing: 'fail', message: `its agent has never reported on its ${bundles} works`, mend };
  if (wallMs - reportedMs <= agentWithinMs) return undefined;
  return {
    standing: 'fail',
    message: `its agent last reported ${formatAge(wallMs - reportedMs)} ago, which is more than ${formatDuration(agentWithinMs)}`,
    mend,
  };
}

function withoutAddOn(
  addOn: AddOnName,
  name: string,
  evidence: ClusterEvidence,
  { addOns, wallMs, agentWithinMs }: FleetFacts,
): Told | undefined {
  const found = addOns.seen ? addOns.value?.get(name)?.[addOn] : undefined;
  if (found?.available === true) return undefined;
  if (found !== undefined) {
    return {
      standing: 'fail',
      message: `ManagedClusterAddOn ${addOn} is not Available${found.message === '' ? '' : `: ${found.message}`}`,
      mend: `kubectl -n ${shellWord(name)} describe managedclusteraddon ${addOn}`,
    };
  }
  const { reportedMs, withStatus } = evidence;
  const works =
    addOn === 'gitops-addon' ? withStatus > 0 : reportedMs !== undefined && wallMs - reportedMs <= agentWithinMs;
  if (works) {
    const what = addOn === 'gitops-addon' ? 'an Argo CD works there' : 'its agent reports';
    return {
      standing: 'note',
      message: `there is no ManagedClusterAddOn ${addOn}, and ${what} all the same: it came another way`,
    };
  }
  return {
    standing: 'fail',
    message: `there is no ManagedClusterAddOn ${addOn}`,
    mend: addOnCommand(addOn, name),
  };
}

function addOnCommand(addOn: AddOnName, cluster: string): string {
  const object = {
    apiVersion: 'addon.open-cluster-management.io/v1alpha1',
    kind: 'ManagedClusterAddOn',
    metadata: { name: addOn, namespace: cluster },
    spec: { installNamespace: installNamespaces[addOn] },
  };
  return `echo ${shellWord(JSON.stringify(object))} | kubectl apply -f -`;
}

function withoutArgo(name: string, { applied, withStatus }: ClusterEvidence, { addOns }: FleetFacts): Told | undefined {
  const addOn = addOns.seen ? addOns.value?.get(name)?.['gitops-addon'] : undefined;
  if (withStatus > 0 || (applied === 0 && addOn?.available === true)) return undefined;
  if (applied > 0) {
    return {
      standing: 'fail',
      message: `none of its ${applied} applied applications has a status: no Argo CD there watches their namespaces`,
      mend: 'on the cluster: kubectl -n openshift-gitops get pods; see that the Argo CD there runs and watches the namespaces of the applications',
    };
  }
  return {
    standing: 'unknown',
    message: 'no application has been applied there, and no add-on tells of an Argo CD',
    mend: 'on the cluster: kubectl -n openshift-gitops get pods',
  };
}

function withoutRights({ applied, forbidden }: ClusterEvidence): Told | undefined {
  const account = `system:serviceaccount:${agentNamespace}:klusterlet-work-sa`;
  if (forbidden !== '') {
    return {
      standing: 'fail',
      message: `its agent may not write Applications: ${forbidden}`,
      mend: `on the cluster: kubectl auth can-i patch applications.argoproj.io -A --as=${account}; ${runbook('rights-on-a-cluster')}`,
    };
  }
  if (applied > 0) return undefined;
  return {
    standing: 'unknown',
    message: 'no application has been applied there, so nothing tells whether its agent may',
    mend: `on the cluster: kubectl auth can-i patch applications.argoproj.io -A --as=${account}`,
  };
}
