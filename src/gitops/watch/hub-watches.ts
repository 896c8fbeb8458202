import { slept } from '../../clock.ts';
import type { JsonObject } from '../../core/json.ts';
import { appProjects, applications, managedClusters, placementDecisions } from '../kube/hub-kinds.ts';
import type { ResourcePath } from '../kube/kube-api.ts';
import { reflect, type Reflector, type ReflectorEvent, type ReflectorProblem } from '../kube/reflector.ts';
import { parseManagedCluster, parsePlacementDecision } from '../model/clusters.ts';
import { parseHubApplication, pullSelector } from '../model/hub-application.ts';
import { refuseShallow } from '../model/shallow.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import type { HubHandler } from '../store/hub-handler.ts';
import type { SetAside, SetAsideKind } from '../store/set-aside.ts';

/** How often it is looked whether what has to be read first was read. */
const firstAgainMs = 20;

interface WatchOptions<T> {
  readonly kind: SetAsideKind;
  readonly path: ResourcePath;
  readonly labelSelector?: string;
  readonly project: (object: JsonObject) => T;
  readonly handler: (event: ReflectorEvent<T>) => void;
}

/** Watches the hub for all that the controllers need of it, and gives what comes to the handler of the store. */
export class HubWatches {
  readonly #deps: ControllerDeps;
  readonly #setAside: SetAside;
  readonly #reflectors: Reflector[] = [];
  /** What has to be read before the applications. */
  readonly #first: Reflector | undefined;

  constructor(deps: ControllerDeps, handler: HubHandler, setAside: SetAside) {
    this.#deps = deps;
    this.#setAside = setAside;
    const { authorisation, deliverProject } = deps.settings;
    this.#watchApplications(handler);
    this.#watch({
      kind: 'cluster',
      path: managedClusters,
      project: (object) => parseManagedCluster(refuseShallow(object)),
      handler: (event) => {
        if (event.kind === 'upsert') handler.clusterSeen(event.item);
        else if (event.kind === 'gone') handler.clusterGone(event.key);
      },
    });
    if (authorisation === 'placement')
      this.#watch({
        kind: 'decision',
        path: placementDecisions,
        project: (object) => parsePlacementDecision(refuseShallow(object)),
        handler: (event) => {
          if (event.kind === 'upsert') handler.decisionSeen(event.item);
          else if (event.kind === 'gone') handler.decisionGone(event.key);
        },
      });
    if (!deliverProject) return;
    // The bundle that an application calls for depends on its project, so projects are read first.
    this.#first = this.#watch({
      kind: 'project',
      path: appProjects,
      project: refuseShallow,
      handler: (event) => {
        if (event.kind === 'upsert') handler.projectSeen(event.key, event.item);
        else if (event.kind === 'gone') handler.projectSeen(event.key, undefined);
      },
    });
  }

  /** Everything has been listed once. */
  get synced(): boolean {
    return this.#reflectors.every(({ state }) => state.synced);
  }

  /** Monotonic, when the quietest watch was last heard; undefined before each was. */
  get heardMs(): number | undefined {
    const heard = this.#reflectors.map(({ state }) => state.lastEventMs);
    return heard.includes(undefined) ? undefined : Math.min(...(heard as number[]));
  }

  /** One for each watch; they resolve when the signal aborts. */
  run(signal: AbortSignal): Promise<void>[] {
    return this.#reflectors.map(async (reflector, at) => {
      while (at === 0 && this.#first?.state.synced === false) {
        if (!(await slept(this.#deps.clock, firstAgainMs, signal))) return;
      }
      await reflector.run(signal);
    });
  }

  #watchApplications(handler: HubHandler): void {
    this.#watch({
      kind: 'application',
      path: applications,
      labelSelector: pullSelector,
      project: parseHubApplication,
      handler: (event) => {
        if (event.kind === 'upsert') handler.applicationSeen(event.key, event.item);
        else if (event.kind === 'gone')
          handler.applicationLost(event.key, event.why === 'deleted' ? event.item?.uid : undefined);
        else if (event.kind === 'sweep')
          this.#deps.log.warn('the hub lists fewer applications than were known; each is asked for by itself', {
            listed: event.listed,
            known: event.known,
          });
      },
    });
  }

  #watch<T>({ kind, handler, ...what }: WatchOptions<T>): Reflector {
    const { kube, clock, random } = this.#deps;
    const onProblem = (problem: ReflectorProblem): void => this.#problem(kind, what.path, problem);
    const taking = (event: ReflectorEvent<T>): void => {
      handler(event);
      // An application tells by itself whether it can be read.
      if (kind !== 'application' && (event.kind === 'upsert' || event.kind === 'gone'))
        this.#setAside.taken(kind, event.key);
    };
    const reflector = reflect({ ...what, handler: taking }, { api: kube, clock, random, onProblem });
    this.#reflectors.push(reflector);
    return reflector;
  }

  #problem(kind: SetAsideKind, { resource }: ResourcePath, problem: ReflectorProblem): void {
    const { log, metrics } = this.#deps;
    if (problem.kind === 'refused') return void this.#setAside.add(kind, problem.key, problem.error.message);
    metrics.watchRestarted(resource, problem.kind === 'expired' ? 'expired' : 'failed');
    log.warn('a watch of the hub starts over', { resource, why: problem.kind, error: problem.error.message });
  }
}
