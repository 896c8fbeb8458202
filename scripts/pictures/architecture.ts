import { escaped, picture, sansSerif } from './svg.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly lines?: readonly string[];
  readonly kind?: 'ours' | 'others' | 'room';
}

interface Arrow {
  /** A path of SVG. */
  readonly path: string;
  /** Works go out, status comes back. */
  readonly kind: 'work' | 'status';
  /** Without a head. */
  readonly plain?: boolean;
  readonly label?: { readonly x: number; readonly y: number; readonly text: string };
}

const width = 960;
const height = 452;

/** Left to right: who asks, Maestro, clusters; between them two lines each, of works and of status. */
const asking = { x: 30, width: 262 };
const server = { x: 430, width: 200 };
const clusters = { x: 742, width: 208 };

const askers: readonly Box[] = [
  {
    ...asking,
    y: 46,
    height: 92,
    title: 'Job of an adapter',
    lines: ['maestro-cli apply --watch', 'leaves one result file, of which the', 'status-reporter makes a condition'],
    kind: 'ours',
  },
  {
    ...asking,
    y: 154,
    height: 58,
    title: 'Terminal, script, CI',
    lines: ['maestro-cli list, wait, diff, …'],
    kind: 'ours',
  },
  {
    ...asking,
    y: 228,
    height: 58,
    title: 'Program that keeps running',
    lines: ['import { createMaestroClient }'],
    kind: 'ours',
  },
  {
    ...asking,
    y: 302,
    height: 58,
    title: 'GitOps controllers',
    lines: ['maestro-cli gitops controller'],
    kind: 'ours',
  },
];

const agents: readonly Box[] = ['Cluster west-1', 'Cluster east-1', '… and thousands more'].map((title, index) => ({
  ...clusters,
  y: 46 + index * 112,
  height: 90,
  title,
  lines: ['the agent applies manifests,', 'reports their conditions', 'and feedback'],
}));

const boxes: readonly Box[] = [
  { x: 10, y: 8, width: 640, height: 436, title: 'Management cluster', kind: 'room' },
  ...askers,
  { ...asking, y: 390, height: 40, title: 'Argo CD Applications of the hub' },
  { ...server, y: 46, height: 314, title: 'Maestro' },
  { x: 446, y: 80, width: 168, height: 76, title: 'gRPC', lines: ['Publish: works', 'Subscribe: status'] },
  { x: 446, y: 168, width: 168, height: 58, title: 'REST', lines: ['works, with their status'] },
  { x: 446, y: 238, width: 168, height: 38, title: 'PostgreSQL' },
  { x: 446, y: 288, width: 168, height: 58, title: 'Broker', lines: ['to the agents, and back'] },
  ...agents,
];

const middleOf = ({ y, height: high }: Box): number => y + high / 2;
/** Where works leave a box or come to it, and the same of status, a little below. */
const workY = (box: Box): number => middleOf(box) - 8;
const statusY = (box: Box): number => middleOf(box) + 8;
const last = <T>(items: readonly T[]): T => items[items.length - 1] as T;
const first = <T>(items: readonly T[]): T => items[0] as T;

const leftEdge = asking.x + asking.width;
const [leftWorkX, leftStatusX] = [330, 362];
const [rightWorkX, rightStatusX] = [682, 712];

const arrows: readonly Arrow[] = [
  ...askers.map((box): Arrow => ({ path: `M${leftEdge} ${workY(box)} H${leftWorkX}`, kind: 'work', plain: true })),
  { path: `M${leftWorkX} ${workY(last(askers))} V${workY(first(askers))}`, kind: 'work', plain: true },
  { path: `M${leftWorkX} 108 H442`, kind: 'work', label: { x: 372, y: 101, text: 'write' } },
  { path: `M446 140 H${leftStatusX}`, kind: 'status', plain: true, label: { x: 372, y: 133, text: 'listen' } },
  { path: `M446 197 H${leftStatusX}`, kind: 'status', plain: true, label: { x: 372, y: 190, text: 'read' } },
  { path: `M${leftStatusX} ${statusY(first(askers))} V${statusY(last(askers))}`, kind: 'status', plain: true },
  ...askers.map((box): Arrow => ({ path: `M${leftStatusX} ${statusY(box)} H${leftEdge + 4}`, kind: 'status' })),
  { path: 'M110 390 V364', kind: 'work', label: { x: 46, y: 380, text: 'watched' } },
  { path: 'M200 360 V386', kind: 'status', label: { x: 210, y: 380, text: 'status' } },
  { path: `M614 309 H${rightWorkX}`, kind: 'work', plain: true },
  { path: `M${rightWorkX} ${workY(first(agents))} V${workY(last(agents))}`, kind: 'work', plain: true },
  ...agents.map((box): Arrow => ({ path: `M${rightWorkX} ${workY(box)} H${clusters.x - 4}`, kind: 'work' })),
  ...agents.map((box): Arrow => ({
    path: `M${clusters.x} ${statusY(box)} H${rightStatusX}`,
    kind: 'status',
    plain: true,
  })),
  { path: `M${rightStatusX} ${statusY(first(agents))} V${statusY(last(agents))}`, kind: 'status', plain: true },
  { path: `M${rightStatusX} 331 H618`, kind: 'status' },
  { path: 'M742 396 H782', kind: 'work', label: { x: 792, y: 400, text: 'works, as CloudEvents' } },
  { path: 'M782 420 H742', kind: 'status', label: { x: 792, y: 424, text: 'their status' } },
];

/** Who writes works, through what, to whom, and how their status comes back. */
export function architecturePicture(): string {
  return picture(
    {
      title: 'How maestro-cli reaches clusters through Maestro',
      description:
        'On the management cluster Jobs of adapters, people and scripts, programs and the GitOps controllers of Argo CD ' +
        'Applications write ManifestWorks to Maestro by gRPC. Maestro keeps them and hands them by its broker to the agent ' +
        'of each cluster, which applies the manifests. The agents report the status back the same way, and everybody ' +
        'reads it by REST or hears it by a stream.',
    },
    { width, height },
    {
      colours: {
        paper: ['#ffffff', '#0d1117'],
        ours: ['#ddf4ff', '#0c2d4d'],
        'ours-edge': ['#0969da', '#58a6ff'],
        others: ['#f6f8fa', '#161b22'],
        edge: ['#8c959f', '#6e7681'],
        text: ['#1f2328', '#e6edf3'],
        faint: ['#59636e', '#9198a1'],
        work: ['#0969da', '#58a6ff'],
        status: ['#1a7f37', '#3fb950'],
      },
      css: [
        `text { font: 12.5px ${sansSerif}; fill: var(--text); }`,
        '.paper { fill: var(--paper); }',
        '.title { font-weight: 600; font-size: 13.5px; }',
        '.line, .label { fill: var(--faint); }',
        '.ours { fill: var(--ours); stroke: var(--ours-edge); stroke-width: 1.5; }',
        '.others { fill: var(--others); stroke: var(--edge); }',
        '.room { fill: none; stroke: var(--edge); stroke-dasharray: 4 4; }',
        '.arrow { fill: none; stroke-width: 1.6; }',
        '.work { stroke: var(--work); }',
        '.status { stroke: var(--status); stroke-dasharray: 5 3; }',
        '#work path { fill: var(--work); }',
        '#status path { fill: var(--status); }',
      ],
    },
    [
      '<defs>',
      ...['work', 'status'].map(
        (id) =>
          `<marker id="${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z"/></marker>`,
      ),
      '</defs>',
      `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
      ...boxes.flatMap(boxShapes),
      ...arrows.flatMap(arrowShapes),
    ],
  );
}

function boxShapes({ x, y, width: wide, height: high, title, lines = [], kind = 'others' }: Box): readonly string[] {
  return [
    `<rect class="${kind}" x="${x}" y="${y}" width="${wide}" height="${high}" rx="6"/>`,
    `<text class="title" x="${x + 12}" y="${y + 23}">${escaped(title)}</text>`,
    ...lines.map(
      (line, index) => `<text class="line" x="${x + 12}" y="${y + 42 + index * 17}">${escaped(line)}</text>`,
    ),
  ];
}

function arrowShapes({ path, kind, plain = false, label }: Arrow): readonly string[] {
  return [
    `<path class="arrow ${kind}" d="${path}"${plain ? '' : ` marker-end="url(#${kind})"`}/>`,
    ...(label === undefined ? [] : [`<text class="label" x="${label.x}" y="${label.y}">${escaped(label.text)}</text>`]),
  ];
}
