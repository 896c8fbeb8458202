/** What lies beneath all layers. */
export const beneath = ['src/clock.ts', 'src/errors.ts', 'src/exit-code.ts', 'src/random.ts'];

/** What decides for the controllers, each knowing those before it. */
function gitopsPure(count) {
  const rooms = ['model', 'bundle', 'status', 'index', 'policy'].slice(0, count);
  return ['src/gitops/constants.ts', ...rooms.map((room) => `src/gitops/${room}`)];
}

/**
 * What the rooms of the controllers stand on; of `run` only what they are told by: settings, log, metrics, guard, news.
 */
const gitopsRooms = [
  ...gitopsPure(5),
  'src/gitops/queue',
  'src/gitops/kube',
  'src/gitops/run/settings.ts',
  'src/gitops/run/log.ts',
  'src/gitops/run/controller-metrics.ts',
  'src/gitops/run/controller-deps.ts',
  'src/gitops/run/guard-state.ts',
  'src/gitops/run/news.ts',
];

/** Which room of the controllers may import which; entries as `.dependency-cruiser.js` describes them. */
export const gitopsLayers = [
  // The first six are pure: they decide from values, and do nothing.
  { folder: 'src/gitops/constants.ts', may: ['src/core'], why: 'names that the controllers and Argo CD agree on' },
  {
    folder: 'src/gitops/model',
    may: [...gitopsPure(0), 'src/core'],
    npm: ['yaml'],
    why: 'what an application is, and what the hub says of the two pull models; pure',
  },
  {
    folder: 'src/gitops/bundle',
    may: [...gitopsPure(1), 'src/core'],
    node: ['crypto'],
    why: 'which bundle an application becomes; pure',
  },
  { folder: 'src/gitops/status', may: [...gitopsPure(2), 'src/core'], why: 'which status an application gets; pure' },
  {
    folder: 'src/gitops/index',
    may: [...gitopsPure(3), 'src/works/order.ts', 'src/core'],
    why: 'what is known of applications, bundles and clusters; it is told, it asks nobody',
  },
  {
    folder: 'src/gitops/policy',
    may: [...gitopsPure(4), 'src/gitops/queue/lanes.ts', 'src/gitops/run/settings.ts', 'src/core'],
    why: 'what is to be done for an application, and how soon, decided from values and settings; pure',
  },
  {
    folder: 'src/gitops/classic',
    may: [...gitopsPure(2), 'src/core'],
    why: 'what a work of the classic model says, and how it differs from ours; pure',
  },
  {
    folder: 'src/gitops/queue',
    may: [...beneath, 'src/core'],
    why: 'a queue of keys and who works on them; it knows no meaning of a key',
  },
  {
    folder: 'src/gitops/kube',
    may: [
      'src/gitops/constants.ts',
      'src/gitops/model',
      ...beneath,
      'src/clients/*.ts',
      'src/core',
      'src/io/file-fault.ts',
      'src/io/read-file.ts',
    ],
    node: ['crypto', 'path', 'string_decoder', 'tls'],
    npm: ['@kubernetes/client-node', 'undici', 'yaml'],
    why: "the hub's API, and nothing of what is asked of it",
  },
  {
    folder: 'src/gitops/watch',
    may: [
      'src/gitops/model',
      'src/gitops/kube',
      'src/gitops/access',
      'src/gitops/store',
      'src/gitops/run/controller-deps.ts',
      ...beneath,
      'src/core',
    ],
    why: 'what hub and Maestro tell goes into the store; it knows neither of the two reconcilers',
  },
  {
    folder: 'src/gitops/access',
    may: [
      ...gitopsRooms,
      'src/gitops/store',
      'src/gitops/classic',
      'src/gitops/survey',
      ...beneath,
      'src/operations',
      'src/clients/*.ts',
      'src/core',
    ],
    why: 'reads and writes of hub and Maestro, each behind the question whether this process may write',
  },
  {
    folder: 'src/gitops/store',
    may: [...gitopsRooms, ...beneath, 'src/works', 'src/clients/*.ts', 'src/core'],
    why: 'what comes in is kept, and its keys are queued; it decides nothing and sends nothing',
  },
  {
    folder: 'src/gitops/deliver',
    may: [
      ...gitopsRooms,
      'src/gitops/access',
      'src/gitops/store',
      ...beneath,
      'src/operations',
      'src/clients/*.ts',
      'src/core',
    ],
    why: 'one reconciler: applications of the hub go to Maestro; it knows nothing of the one that brings status back',
  },
  {
    folder: 'src/gitops/hub-status',
    may: [
      ...gitopsRooms,
      'src/gitops/access',
      'src/gitops/store',
      'src/gitops/deliver/state.ts',
      ...beneath,
      'src/core',
    ],
    why: 'the other reconciler: status from Maestro goes to the hub, with what the one that delivers has written down',
  },
  {
    folder: 'src/gitops/survey',
    may: [
      ...gitopsPure(5),
      'src/gitops/classic',
      'src/gitops/kube',
      'src/gitops/access/call-limits.ts',
      ...beneath,
      'src/operations',
      'src/works',
      'src/clients/*.ts',
      'src/core',
    ],
    why: 'what a command reads of hub and Maestro, page by page or as it changes; it decides nothing and writes nothing',
  },
  {
    folder: 'src/gitops/set-report',
    may: [...gitopsRooms, 'src/gitops/access', 'src/gitops/store', ...beneath, 'src/core'],
    why: 'the report of each ApplicationSet, made of what is known; it knows neither of the two reconcilers',
  },
  ...['check', 'handover', 'fleet-state'].map((room) => ({
    folder: `src/gitops/${room}`,
    may: [
      ...gitopsPure(5),
      'src/gitops/classic',
      'src/gitops/survey',
      'src/gitops/kube',
      'src/gitops/run/guard-decision.ts',
      'src/gitops/run/guard-state.ts',
      'src/gitops/run/settings.ts',
      ...(room === 'handover' ? [] : ['src/gitops/handover']),
      ...beneath,
      'src/operations',
      'src/works',
      'src/clients/*.ts',
      'src/core',
    ],
    node: ['crypto'],
    why: 'what a command does with hub and Maestro; the controllers know nothing of it, and it never prints',
  })),
  {
    folder: 'src/gitops/run',
    may: ['src/gitops', 'src/context.ts', 'src/build-info.ts', ...beneath, 'src/works', 'src/clients/*.ts', 'src/core'],
    node: ['events', 'http', 'net', 'perf_hooks', 'v8'],
    npm: ['pino', 'prom-client', 'yaml'],
    why: 'the process around the controllers: settings, leader, guard, probes, metrics, logs; it puts the rooms together',
  },
];
