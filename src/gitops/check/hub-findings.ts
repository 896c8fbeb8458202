import { formatAge } from '../../core/duration.ts';
import { shellWord } from '../../core/shell-word.ts';
import { classicConfigMap, pauseAnnotation, type DeploymentFact } from '../model/pull-models.ts';
import { decideGuard, type GuardLook } from '../run/guard-decision.ts';
import type { Looked } from '../survey/read-each.ts';
import { rightText } from './controller-rights.ts';
import { seenOf, unseen, type CheckName, type Findings, type Told } from './finding.ts';
import type { HubFacts, LeaseFacts } from './hub-facts.ts';
import { requiredKinds, servedKinds } from './kinds.ts';
import { runbook } from './mend.ts';

/** A clock that is a little off must not make a leader look dead. */
const clockLeewayMs = 30_000;

/** What is found of the hub itself. Pure. */
export function findOfHub(facts: HubFacts, findings: Findings): void {
  const say = (check: CheckName, told: Told | undefined, subject = ''): void => {
    if (told === undefined) findings.passed(check, subject);
    else findings.told({ check, subject, ...told });
  };
  for (const kind of servedKinds) say('kinds', missingKind(kind, facts), kind);
  for (const { check, works, message, mend } of facts.maestro) {
    say(check, works ? undefined : { standing: 'fail', message, ...(mend === undefined ? {} : { mend }) });
  }
  findOfWorkloads(facts, say);
  say('classic-model', classicWrites(facts));
  say('switches', switchedOff(facts));
  say('controller', controllerNotReady(facts));
  say('controller-lease', facts.lease.seen ? nobodyLeads(facts, facts.lease.value) : unseen);
  say('controller-guard', guardBlocks(facts));
  findOfRights(facts, say);
}

type Say = (check: CheckName, told: Told | undefined, subject?: string) => void;

function missingKind(kind: string, { kinds }: HubFacts): Told | undefined {
  const looked = kinds.get(kind);
  if (looked?.seen !== true) return unseen;
  if (looked.value) return undefined;
  const needed = requiredKinds.find(({ kind: name }) => name === kind);
  if (needed === undefined) return { standing: 'note', message: 'the hub does not serve it, and does without' };
  return { standing: 'fail', message: 'the hub does not serve it', mend: needed.mend };
}

function findOfWorkloads({ maestroWorkloads, maestroNamespace }: HubFacts, say: Say): void {
  if (!maestroWorkloads.seen) {
    say('maestro-workloads', unseen);
    return;
  }
  const found = maestroWorkloads.value;
  if (found.length === 0) {
    say('maestro-workloads', {
      standing: 'note',
      message: `there is no Deployment in namespace ${maestroNamespace}: Maestro runs elsewhere, or --maestro-namespace names another`,
    });
  }
  for (const { namespace, name, desired, ready } of found) {
    const healthy = ready > 0 && ready >= desired;
    const told: Told = {
      standing: 'fail',
      message: `${ready} of ${desired} pods are ready`,
      mend: `kubectl -n ${shellWord(namespace)} describe deployment ${shellWord(name)}`,
    };
    say('maestro-workloads', healthy ? undefined : told, `${namespace}/${name}`);
  }
}

/** Whether the classic model could write, now or as soon as its operator wakes. */
function classicWrites({ models, purpose, classicNamespace }: HubFacts): Told | undefined {
  const { classic, switches, hubs } = models;
  if (!classic.seen || !switches.seen || !hubs.seen) return unseen;
  const disabled = switches.value !== 'unreadable' && switches.value.classicDisabled;
  const deployment = classic.value;
  const runs = deployment !== undefined && (deployment.readyReplicas > 0 || deployment.desiredReplicas > 0);
  const awake = hubs.value.find(({ paused }) => !paused);
  const pause =
    awake === undefined
      ? ''
      : `kubectl -n ${shellWord(awake.namespace)} annotate multiclusterhub ${shellWord(awake.name)} ${pauseAnnotation}=true --overwrite`;
  const scale = `kubectl -n ${shellWord(classicNamespace)} scale deployment multicluster-integrations --replicas=0`;
  if (purpose === 'to-classic') return classicAsTarget(deployment, disabled);
  if (disabled || deployment === undefined) return undefined;
  if (!runs && awake === undefined) return undefined;
  const steps = [pause, runs ? scale : ''].filter((step) => step !== '').join(' && ');
  const message = runs
    ? `Deployment ${classicNamespace}/multicluster-integrations runs: ${deployment.readyReplicas} ready, ${deployment.desiredReplicas} wanted`
    : `MultiClusterHub ${awake?.namespace ?? ''}/${awake?.name ?? ''} is not paused, so its operator scales the classic model up again`;
  if (purpose === 'running')
    return {
      standing: 'fail',
      message,
      mend: `maestro-cli gitops migrate plan --to=maestro --out=to-maestro.plan, where it delivers applications; else ${steps}`,
    };
  return {
    standing: 'note',
    message: `${message}. A migration needs it stopped first`,
    // By hand, the controllers would take the clusters up at once: the command holds them back first.
    mend: 'maestro-cli gitops migrate run --plan=FILE --pause-classic',
  };
}

function classicAsTarget(deployment: DeploymentFact | undefined, disabled: boolean): Told | undefined {
  if (deployment === undefined) {
    return {
      standing: 'fail',
      message: 'the hub has no Deployment of the classic pull model, so nobody would take over',
      mend: 'install the pull model of the hub again (component of MultiClusterHub)',
    };
  }
  if (disabled) {
    return {
      standing: 'fail',
      message: `pullModel.basic.disabled is true in ConfigMap ${classicConfigMap}, so the classic model would take nothing over`,
      mend: `kubectl -n ${shellWord(deployment.subject.namespace)} edit configmap ${classicConfigMap}`,
    };
  }
  if (deployment.readyReplicas > 0) return undefined;
  return {
    standing: 'note',
    message: 'the classic pull model is stopped; a migration back starts it',
    mend: 'maestro-cli gitops migrate run --plan=FILE --start-classic',
  };
}

function switchedOff({ models: { switches }, classicNamespace, purpose }: HubFacts): Told | undefined {
  if (!switches.seen) return unseen;
  const edit = `kubectl -n ${shellWord(classicNamespace)} edit configmap ${classicConfigMap}`;
  if (switches.value === 'unreadable') {
    return {
      standing: 'fail',
      message: `the key config.yaml of ConfigMap ${classicNamespace}/${classicConfigMap} is not YAML, so the controller writes nothing`,
      mend: edit,
    };
  }
  if (!switches.value.maestroDisabled) return undefined;
  const message = `pullModel.maestro.disabled is true in ConfigMap ${classicNamespace}/${classicConfigMap}: the controller writes nothing`;
  return { standing: purpose === 'to-classic' ? 'note' : 'fail', message, mend: edit };
}

function controllerNotReady({ controller, controllerNamespace, purpose }: HubFacts): Told | undefined {
  if (!controller.seen) return unseen;
  const of = controller.value;
  const standing = purpose === 'to-classic' ? 'note' : 'fail';
  if (of === undefined) {
    return {
      standing,
      message: `there is no Deployment multicluster-maestro-integrations in namespace ${controllerNamespace}`,
      mend: `helm install multicluster-maestro-integrations charts/multicluster-maestro-integrations --namespace ${shellWord(controllerNamespace)}`,
    };
  }
  if (of.ready > 0 && of.ready >= of.desired) return undefined;
  return {
    standing,
    message:
      of.desired === 0
        ? 'the controller is scaled to 0'
        : `${of.ready} of ${of.desired} pods of the controller are ready`,
    mend:
      of.desired === 0
        ? `kubectl -n ${shellWord(of.namespace)} scale deployment ${shellWord(of.name)} --replicas=1`
        : `kubectl -n ${shellWord(of.namespace)} logs deployment/${shellWord(of.name)}`,
  };
}

function nobodyLeads(
  { controllerNamespace, leaseName, wallMs, purpose, controller }: HubFacts,
  lease: LeaseFacts | undefined,
): Told | undefined {
  if (seenOf(controller)?.args.some((arg) => /^--leader-elect=(false|f|0|no)$/.test(arg)) === true) return undefined;
  const standing = purpose === 'to-classic' ? 'note' : 'fail';
  const mend = `kubectl -n ${shellWord(controllerNamespace)} logs deployment/multicluster-maestro-integrations; kubectl -n ${shellWord(controllerNamespace)} get lease ${shellWord(leaseName)} -o yaml`;
  if (lease === undefined || lease.holder === '')
    return { standing, message: `nobody holds the Lease ${controllerNamespace}/${leaseName}`, mend };
  const ageMs = wallMs - lease.renewedMs;
  if (ageMs <= lease.durationMs + clockLeewayMs) return undefined;
  return {
    standing,
    message: `${lease.holder} holds the Lease ${controllerNamespace}/${leaseName} and renewed it ${formatAge(ageMs)} ago: it does not run any more, or the clock here is ahead`,
    mend,
  };
}

/** The decision of the controller's own guard, from the same facts. */
function guardBlocks({ models, controller, purpose }: HubFacts): Told | undefined {
  const { classic, maestro, switches } = models;
  const both = [classic, maestro];
  const deployments: GuardLook['deployments'] = both.every(({ seen }) => seen)
    ? both.flatMap((looked) => seenOf<DeploymentFact | undefined>(looked) ?? [])
    : 'forbidden';
  // What we may not look at says nothing of what the controller may.
  if (deployments === 'forbidden' || !switches.seen) return unseen;
  const allowCoexistence = seenOf(controller)?.args.includes('--allow-classic-coexistence') ?? false;
  const state = decideGuard({ deployments, switches: switches.value }, { allowCoexistence });
  if (!state.blocked) return undefined;
  const expected = purpose === 'to-classic' || (purpose === 'to-maestro' && state.reason === 'ClassicRunning');
  return {
    standing: expected ? 'note' : 'fail',
    message: `${state.reason}: ${state.message}`,
    mend: runbook('it-publishes-nothing'),
  };
}

function findOfRights({ rights, purpose }: HubFacts, say: Say): void {
  if (rights === undefined) return;
  if (!rights.seen) {
    say('controller-rights', unseen);
    return;
  }
  const { whose, ofCaller, missing, asked } = rights.value;
  const lack = (right: string): Told => ({
    standing: ofCaller ? 'unknown' : purpose === 'to-classic' ? 'note' : 'fail',
    message: `${whose} may not ${right}`,
    mend: ofCaller
      ? 'who may create subjectaccessreviews.authorization.k8s.io can ask about the service account of the controller'
      : 'helm upgrade with rbac.create=true, or compare its roles with those of the chart',
  });
  for (const right of missing) say('controller-rights', lack(rightText(right)), rightText(right));
  if (missing.length > 0 || asked === 0) return;
  const told: Told = {
    standing: 'unknown',
    message: `${whose} has all ${asked} of them; whether the service account of the controller has them, the hub did not let us ask`,
    mend: 'who may create subjectaccessreviews.authorization.k8s.io can ask about the service account of the controller',
  };
  say('controller-rights', ofCaller ? told : undefined);
}

/** What could not be looked at: one finding for each, and never a success. */
export function findOfAccess(
  unseen: readonly { readonly what: string; readonly why: string }[],
  findings: Findings,
): void {
  if (unseen.length === 0) findings.passed('access', '');
  for (const { what, why } of unseen) {
    findings.told({
      check: 'access',
      standing: 'unknown',
      subject: what,
      message: `could not be looked at: ${why}`,
      mend: 'run the check as somebody who may, or grant the right; what rests on it was not checked',
    });
  }
}

/** The looks of a list that were refused. */
export function unseenOf(
  looks: readonly (readonly [what: string, looked: Looked<unknown>])[],
): readonly { readonly what: string; readonly why: string }[] {
  return looks.flatMap(([what, looked]) => (looked.seen ? [] : [{ what, why: looked.why }]));
}
