import { hubFlags } from '../../shared/hub-connection.ts';
import type { CommandSpec, FlagSpec } from '../../../command-line/command-spec.ts';
import { publishesAbout } from '../../../command-line/consumer-choice.ts';
import { ExitCode } from '../../../exit-code.ts';
import { defaultPublishes } from '../../../operations/fleet/publish-limits.ts';
import { classicNamespaceFlag, hubIdFlag, standardLease, standardNamespace } from '../shared/hub-flags.ts';
import { controllerNames, parseGitopsController, type GitopsControllerOptions } from './options.ts';

const roleFlags: readonly FlagSpec[] = [
  {
    flags: '--controllers <names>',
    about: 'which of propagation and aggregation run, separated by commas',
    values: controllerNames,
    commas: true,
    env: 'MAESTRO_GITOPS_CONTROLLERS',
    defaultText: 'propagation,aggregation',
  },
  ...hubFlags,
  hubIdFlag,
];

const electionFlags: readonly FlagSpec[] = [
  { flags: '--leader-elect [bool]', about: 'lead only while holding a Lease', defaultText: 'true' },
  {
    flags: '--lease-namespace <name>',
    about: 'namespace of the Lease',
    env: 'POD_NAMESPACE',
    defaultText: standardNamespace,
  },
  { flags: '--lease-name <name>', about: 'its name', defaultText: standardLease },
  {
    flags: '--lease-duration <duration>',
    about: 'after this long without renewal another may lead',
    defaultText: '15s',
  },
  {
    flags: '--renew-deadline <duration>',
    about: 'a leader that could not renew for this long stops leading',
    defaultText: '10s',
  },
  { flags: '--retry-period <duration>', about: 'between two tries to get or renew it', defaultText: '2s' },
];

const serverFlags: readonly FlagSpec[] = [
  { flags: '--health-address <address>', about: 'where /livez and /readyz are served, or none', defaultText: ':8081' },
  { flags: '--metrics-address <address>', about: 'where /metrics is served, or none', defaultText: ':8386' },
];

const propagationFlags: readonly FlagSpec[] = [
  {
    flags: '--max-concurrency <n>',
    about: publishesAbout('publishes under way at once; adapts below it'),
    defaultText: String(defaultPublishes),
  },
  {
    flags: '--authorisation <rule>',
    about: "placement: a PlacementDecision in the application's namespace names its cluster; or none",
    defaultText: 'placement',
    values: ['placement', 'none'],
  },
  {
    flags: '--allowed-target-namespaces <names>',
    about: 'namespaces on clusters that applications may go to, separated by commas; repeatable',
    defaultText: '*',
    repeat: true,
  },
  {
    flags: '--deliver-namespace',
    about: 'send the Namespace of the application along; it stays when the application goes',
  },
  { flags: '--deliver-project', about: 'send its AppProject along; it stays too' },
  {
    flags: '--deletion-policy <policy>',
    about: 'confirmed: gone on the hub when gone on the cluster; requested: when Maestro took it',
    defaultText: 'confirmed',
    values: ['confirmed', 'requested'],
  },
  {
    flags: '--deletion-fallback <duration>',
    about: 'how long to wait for a cluster that is no longer managed',
    defaultText: '10m',
  },
  {
    flags: '--gc-interval <duration>',
    about: 'between two searches for works without an application, or never',
    defaultText: '10m',
  },
  {
    flags: '--gc-brake <limit>',
    about: 'most that one search may delete, as a number or as a share such as 1%; a share never stops below 10',
    defaultText: '1%',
  },
  { flags: '--gc-override-brake', about: 'delete more than that, for one run, after a look at what it is' },
  {
    flags: '--resync-interval <duration>',
    about: 'between two full comparisons of hub and Maestro',
    defaultText: '45m',
  },
];

const aggregationFlags: readonly FlagSpec[] = [
  { flags: '--hub-writes-per-second <n>', about: 'most writes to the hub', defaultText: '200' },
  {
    flags: '--status-mode <mode>',
    about: 'full, or summary without resources and history',
    defaultText: 'full',
    values: ['full', 'summary'],
  },
  {
    flags: '--noise <duration>',
    about: 'how often a status is written of which only reconciledAt moved, or never',
    defaultText: 'never',
  },
  {
    flags: '--stale-after <duration>',
    about: 'tell on applications that their cluster has been silent for this long, or never',
    defaultText: '10m',
  },
  {
    flags: '--appset-report <when>',
    about:
      'keep a report of each ApplicationSet for the console of ACM: auto, where the hub has the kind; always; never',
    defaultText: 'auto',
    values: ['auto', 'always', 'never'],
  },
];

const coexistenceFlags: readonly FlagSpec[] = [
  classicNamespaceFlag,
  {
    flags: '--allow-classic-coexistence',
    about:
      'write although the classic or the Go controllers run, or could not be looked for; delete although a ManifestWork of the classic ones stays',
  },
  {
    flags: '--classic-works-interval <duration>',
    about: 'between two looks for ManifestWorks that the classic controllers left on the hub, or never',
    defaultText: '10m',
  },
];

export const gitopsControllerCommand: CommandSpec<GitopsControllerOptions> = {
  name: 'gitops controller',
  summary: 'publish hub applications to their clusters and bring their status back',
  description:
    'Runs until it is told to stop. It publishes each Argo CD Application of the hub that is labelled apps.open-cluster-management.io/pull-to-ocm-managed-cluster=true to the cluster that it names, and writes the status from there to the hub. ' +
    'A server that is late or away is waited for. The source is app-work-client unless --source-id says otherwise, so that works of the Go controllers are taken over. Logs are JSON on stderr unless --log-format=text; LOG_LEVEL takes error, warn, info, debug and trace. --timeout bounds each call.',
  examples: [
    {
      about: 'Both controllers in a pod',
      command:
        'maestro-cli gitops controller \\\n    --grpc-endpoint=grpc://maestro-grpc.maestro.svc:8090 \\\n    --http-endpoint=http://maestro.maestro.svc:8000',
    },
    {
      about: 'From a workstation, alone, against the stand-in',
      command:
        'maestro-cli gitops controller --kubeconfig=hub.yaml --leader-elect=false \\\n    --grpc-plaintext --allow-classic-coexistence --log-format=text',
    },
    {
      about: 'Status only, as a summary',
      command: 'maestro-cli gitops controller --controllers=aggregation \\\n    --status-mode=summary',
    },
  ],
  exitCodes: [ExitCode.Usage, ExitCode.AccessDenied],
  flags: [
    ...roleFlags,
    ...electionFlags,
    ...serverFlags,
    ...propagationFlags,
    ...aggregationFlags,
    ...coexistenceFlags,
  ],
  hasOutcome: false,
  logsJson: true,
  parse: parseGitopsController,
  load: () => import('./run.ts'),
};
