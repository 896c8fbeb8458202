import { shellWord, workWords } from '../../core/shell-word.ts';
import { clusterAnnotation, defaultProject, pullLabel, skipReconcileAnnotation } from '../constants.ts';
import type { ApplicationFacts, BundleFacts, ClassicFacts, FleetFacts } from './facts.ts';
import { seenOf, type CheckName, type Findings, type Purpose, type Told } from './finding.ts';
import { runbook } from './mend.ts';

/** A version that was published a moment ago is on its way. */
const underWayMs = 60_000;

/** What both models have for one application. */
interface Works {
  readonly bundles: readonly BundleFacts[];
  readonly classic: readonly ClassicFacts[];
}

const none: Works = { bundles: [], classic: [] };

/** What is found of each application that is opted in, and of works that have none. Pure. */
export function findOfApplications(facts: FleetFacts, findings: Findings): void {
  const applications = seenOf(facts.applications);
  const works = worksByApplication(facts);
  const chosen = new Set(facts.chosen);
  if (applications === undefined) return;
  const holders = spokeHolders(applications);
  for (const app of applications.values()) {
    if (!isChosen(app, facts, chosen)) continue;
    findOfApplication(app, { facts, works: works.get(app.key) ?? none, holders }, findings);
  }
  for (const [key, of] of works) {
    if (applications.get(key)?.selected !== true) findOwnerless(key, of, { facts, chosen }, findings);
  }
}

/** One that names no cluster belongs to none that could have been named. */
export function isChosen(
  { cluster }: Pick<ApplicationFacts, 'cluster'>,
  { withoutCluster }: Pick<FleetFacts, 'withoutCluster'>,
  chosen: ReadonlySet<string>,
): boolean {
  return cluster === '' ? withoutCluster : chosen.has(cluster);
}

/** What is known beside the application itself. */
interface Around {
  readonly facts: FleetFacts;
  readonly works: Works;
  /** Applications by cluster, namespace and name there. */
  readonly holders: ReadonlyMap<string, readonly string[]>;
}

function findOfApplication(app: ApplicationFacts, around: Around, findings: Findings): void {
  const { facts } = around;
  const say = (check: CheckName, told: Told | undefined): void => {
    if (told === undefined) findings.passed(check, app.key);
    else findings.told({ check, subject: app.key, ...(app.cluster === '' ? {} : { cluster: app.cluster }), ...told });
  };
  const half = halfOptedIn(app);
  say('opt-in', half);
  if (half !== undefined) return;
  say('skip-reconcile', reconciledByHub(app));
  if (facts.decisions.seen) say('placed', notPlaced(app, facts.decisions.value.get(app.namespace)));
  say('names', refused(app));
  say('spoke-name', nameTaken(app, around.holders));
  // Which model has it is told by both, or by none.
  if (facts.bundles.seen && facts.classic.seen) say('one-model', modelOf(app, around.works, facts.purpose));
  if (facts.bundles.seen && facts.purpose !== 'to-maestro') {
    for (const bundle of around.works.bundles) {
      if (bundle.cluster === app.cluster && !bundle.deleting) say('applied', notApplied(app, bundle, facts.wallMs));
    }
  }
  say('project', withoutProject(app));
  const disturbed = app.conditions ?? [];
  if (disturbed.length === 0) say('conditions', undefined);
  for (const { type, message } of disturbed)
    say('conditions', { standing: 'fail', message: `${type}: ${message}`, mend: runbook('a-status-does-not-come') });
  if (facts.purpose === 'to-maestro') for (const work of around.works.classic) say('differences', differing(app, work));
}

function halfOptedIn({ selected, cluster, unreadLabel, key }: ApplicationFacts): Told | undefined {
  if (unreadLabel !== undefined) {
    return {
      standing: 'fail',
      message: `its label ${pullLabel} is ${JSON.stringify(unreadLabel)}, which does not read as true, so nothing is delivered`,
      mend: `${labelling(key)} ${pullLabel}=true --overwrite`,
    };
  }
  if (cluster === '') {
    return {
      standing: 'fail',
      message: `it is labelled ${pullLabel} and has no annotation ${clusterAnnotation}, so nothing is delivered`,
      mend: `${annotating(key)} ${clusterAnnotation}=CLUSTER`,
    };
  }
  if (selected) return undefined;
  // Taking the label off is how an application leaves its cluster.
  return {
    standing: 'note',
    message: `its annotation ${clusterAnnotation} names a cluster, but without the label ${pullLabel}=true nothing is delivered`,
    mend: `${labelling(key)} ${pullLabel}=true`,
  };
}

function reconciledByHub({ skipReconcile, key }: ApplicationFacts): Told | undefined {
  if (skipReconcile) return undefined;
  return {
    standing: 'fail',
    message: `annotation ${skipReconcileAnnotation} is not "true": an Argo CD of the hub deploys it to the hub too`,
    mend: `put it into the template of its ApplicationSet, or: ${annotating(key)} ${skipReconcileAnnotation}=true --overwrite`,
  };
}

function notPlaced(
  { cluster, namespace }: ApplicationFacts,
  selected: ReadonlySet<string> | undefined,
): Told | undefined {
  if (selected?.has(cluster) === true) return undefined;
  return {
    standing: 'fail',
    message: `no PlacementDecision in namespace ${namespace} selects cluster ${cluster}, so it is not delivered`,
    mend: `kubectl -n ${shellWord(namespace)} get placements,placementdecisions; let a Placement there select the cluster`,
  };
}

function refused({ refusals }: ApplicationFacts): Told | undefined {
  if (refusals === undefined) return undefined;
  return {
    standing: 'fail',
    message: `Maestro or the agent would refuse it: ${refusals.join('; ')}`,
    mend: 'correct the template of its ApplicationSet, or the application',
  };
}

function nameTaken(app: ApplicationFacts, holders: Around['holders']): Told | undefined {
  const others = holders.get(spokeKey(app))?.filter((key) => key !== app.key) ?? [];
  if (others.length === 0) return undefined;
  return {
    standing: 'fail',
    message: `on cluster ${app.cluster} it is ${app.spokeNamespace}/${app.name}, and so is ${others.join(', ')}: one of them is not delivered`,
    mend: 'name one of them otherwise, or give it another namespace there (annotation apps.open-cluster-management.io/ocm-managed-cluster-app-namespace)',
  };
}

/** Whether the model that is expected has it, and no other. */
function modelOf(app: ApplicationFacts, { bundles, classic }: Works, purpose: Purpose): Told | undefined {
  const own = bundles.filter(({ manager }) => manager === 'us' || manager === 'go');
  const here = own.find(({ cluster, deleting }) => cluster === app.cluster && !deleting);
  const migration = own.find((bundle) => bundle.migration !== undefined)?.migration;
  const work = classic.find(({ deleting }) => !deleting);
  const workText = work === undefined ? '' : `ManifestWork ${work.cluster}/${work.name}`;
  if (purpose === 'running') {
    if (migration !== undefined) {
      return {
        standing: 'fail',
        message: `migration ${migration} works on its bundle`,
        mend: 'maestro-cli gitops migrate status --plan=FILE; finish it or roll it back',
      };
    }
    if (here !== undefined && work !== undefined) {
      return {
        standing: 'fail',
        message: `both models have it: ${workText} of the classic one and bundle ${here.id}. Edits flap, and a deletion leaves it running`,
        mend: migrateCommand(app.cluster),
      };
    }
    if (work !== undefined) {
      return {
        standing: 'fail',
        message: `only the classic model has it: ${workText}`,
        mend: migrateCommand(app.cluster),
      };
    }
    return here === undefined && !app.deleting
      ? {
          standing: 'fail',
          message: `Maestro has no work of it on cluster ${app.cluster}`,
          mend: runbook('it-publishes-nothing'),
        }
      : undefined;
  }
  if (here !== undefined && work !== undefined) {
    return {
      standing: 'note',
      message: `both models have it: ${workText} and bundle ${here.id}; a migration is under way, or was left`,
    };
  }
  const wanted = purpose === 'to-maestro' ? work : here;
  if (wanted !== undefined) return undefined;
  const from = purpose === 'to-maestro' ? 'classic model' : 'model on Maestro';
  return { standing: 'note', message: `the ${from} has no work of it, so there is nothing to hand over` };
}

function migrateCommand(cluster: string): string {
  return `maestro-cli gitops migrate plan --to=maestro --cluster=${shellWord(cluster)} --out=to-maestro.plan`;
}

function notApplied(
  app: ApplicationFacts,
  { stand, problem, changedMs, cluster }: BundleFacts,
  wallMs: number,
): Told | undefined {
  if (stand === 'current') return undefined;
  if (stand === 'failed') {
    const namespaceMissing = /namespaces? .*not found/i.test(problem ?? '');
    return {
      standing: 'fail',
      message: `cluster ${cluster} cannot apply it: ${problem ?? 'its agent does not say why'}`,
      mend: namespaceMissing
        ? `on the cluster: kubectl create namespace ${shellWord(app.spokeNamespace)}, or let the controller send it along: --deliver-namespace (propagation.deliverNamespace=true)`
        : `maestro-cli describe ${workWords({ name: app.name, consumer: cluster })}`,
    };
  }
  if (wallMs - changedMs < underWayMs) return undefined;
  return {
    standing: 'fail',
    message: `its latest version has been on its way to cluster ${cluster} since ${new Date(changedMs).toISOString()}`,
    mend: 'see whether the agent of the cluster runs and reaches the broker',
  };
}

function withoutProject({ specError, key, namespace }: ApplicationFacts): Told | undefined {
  if (specError === undefined) return undefined;
  const aboutProject = /project/i.test(specError);
  return {
    standing: 'fail',
    message: `Argo CD does not take its spec: ${specError}`,
    mend: aboutProject
      ? `make the AppProject on the cluster, or let the controller send the one of namespace ${namespace} along: --deliver-project (propagation.deliverProject=true); every Argo CD has the project ${defaultProject}`
      : `kubectl -n ${shellWord(namespace)} get application ${shellWord(key.slice(namespace.length + 1))} -o yaml`,
  };
}

function differing({ specHash, cluster }: ApplicationFacts, work: ClassicFacts): Told | undefined {
  if (specHash === undefined || work.specHash === undefined || specHash === work.specHash) return heldProject(work);
  return {
    standing: 'fail',
    message: `its spec in ManifestWork ${work.cluster}/${work.name} is not the one that would be delivered, so a migration parks it`,
    mend: `${migrateCommand(cluster)} shows the differences, and takes them with --accept-differences`,
  };
}

/** The classic model sends the project along; ours only when it is told to. */
function heldProject({ project, cluster, name }: ClassicFacts): Told | undefined {
  if (project === undefined) return undefined;
  return {
    standing: 'note',
    message: `ManifestWork ${cluster}/${name} holds the AppProject ${project} too`,
    mend: 'plan the migration with --deliver-project, or with --leave-projects to leave it on the cluster without an owner',
  };
}

function findOwnerless(
  key: string,
  { bundles, classic }: Works,
  { facts, chosen }: { readonly facts: FleetFacts; readonly chosen: ReadonlySet<string> },
  findings: Findings,
): void {
  for (const { id, cluster, manager, deleting } of bundles) {
    if (manager !== 'us' || deleting || !chosen.has(cluster)) continue;
    findings.told({
      check: 'ownerless',
      standing: 'fail',
      subject: key === '' ? id : key,
      cluster,
      message: `bundle ${id} of this hub is for no application that is opted in: its cluster goes on running it`,
      mend: runbook('orphans-and-the-brake'),
    });
  }
  for (const { name, cluster, deleting } of classic) {
    if (deleting || !chosen.has(cluster)) continue;
    findings.told({
      check: 'ownerless',
      standing: facts.purpose === 'to-classic' ? 'note' : 'fail',
      subject: key === '' ? `${cluster}/${name}` : key,
      cluster,
      message: `ManifestWork ${cluster}/${name} of the classic model is for no application that is opted in: its cluster goes on running it`,
      mend: `kubectl -n ${shellWord(cluster)} get manifestwork ${shellWord(name)} -o yaml; deleting it deletes the application unless it is orphaned first`,
    });
  }
}

function worksByApplication({ bundles, classic }: FleetFacts): ReadonlyMap<string, Works> {
  const works = new Map<string, { bundles: BundleFacts[]; classic: ClassicFacts[] }>();
  const of = (key: string): { bundles: BundleFacts[]; classic: ClassicFacts[] } => {
    const known = works.get(key);
    if (known !== undefined) return known;
    const made = { bundles: [], classic: [] };
    works.set(key, made);
    return made;
  };
  for (const bundle of seenOf(bundles) ?? [])
    if (bundle.manager !== 'other-hub' && bundle.manager !== 'foreign') of(bundle.appKey).bundles.push(bundle);
  for (const work of seenOf(classic) ?? []) of(work.appKey).classic.push(work);
  return works;
}

/** Of those alone that two share. */
function spokeHolders(applications: ReadonlyMap<string, ApplicationFacts>): ReadonlyMap<string, readonly string[]> {
  const first = new Map<string, string>();
  const shared = new Map<string, string[]>();
  for (const app of applications.values()) {
    if (!app.selected || app.cluster === '') continue;
    const place = spokeKey(app);
    const holder = first.get(place);
    const sharing = shared.get(place);
    if (holder === undefined) first.set(place, app.key);
    else if (sharing === undefined) shared.set(place, [holder, app.key]);
    else sharing.push(app.key);
  }
  return shared;
}

function spokeKey({ cluster, spokeNamespace, name }: ApplicationFacts): string {
  return `${cluster}/${spokeNamespace}/${name}`;
}

function labelling(key: string): string {
  return `kubectl label application ${placed(key)}`;
}

function annotating(key: string): string {
  return `kubectl annotate application ${placed(key)}`;
}

function placed(key: string): string {
  const [namespace = '', name = ''] = key.split('/');
  return `-n ${shellWord(namespace)} ${shellWord(name)}`;
}
