import { plain, serve, type HttpAnswer, type HttpRoutes, type SmallServer } from './http-server.ts';
import type { MetricsServer } from './metrics.ts';
import type { ControllerSettings, ListenAddress } from './settings.ts';

export interface HealthAnswers {
  /** What is stuck; empty when alive. */
  readonly stuck: () => readonly string[];
  /** What is missing; empty when ready. */
  readonly missing: () => readonly string[];
  readonly metrics: Pick<MetricsServer, 'render'>;
}

export interface HealthServers {
  /** Ports as they turned out; undefined when not served. */
  readonly healthPort: number | undefined;
  readonly metricsPort: number | undefined;
  close(): Promise<void>;
}

/**
 * `/livez`, `/readyz` and `/metrics`: 200, or 503 with a line for each thing
 * that is wrong. One server when both addresses are the same.
 *
 * @throws MaestroError usage when an address cannot be listened on
 */
export async function startHealthServers(
  { healthAddress, metricsAddress }: Pick<ControllerSettings, 'healthAddress' | 'metricsAddress'>,
  answers: HealthAnswers,
): Promise<HealthServers> {
  const health: HttpRoutes = {
    '/livez': () => verdict('alive', answers.stuck()),
    '/readyz': () => verdict('ready', answers.missing()),
  };
  const metrics: HttpRoutes = {
    '/metrics': async () => {
      const { contentType, text } = await answers.metrics.render();
      return { status: 200, contentType, text };
    },
  };
  const shared = healthAddress !== undefined && metricsAddress !== undefined && same(healthAddress, metricsAddress);
  const servers: SmallServer[] = [];
  const start = async (
    address: ListenAddress | undefined,
    routes: HttpRoutes,
    flag: string,
  ): Promise<SmallServer | undefined> => {
    if (address === undefined) return undefined;
    const server = await serve(address, routes, flag);
    servers.push(server);
    return server;
  };
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    const first = await start(healthAddress, shared ? { ...health, ...metrics } : health, '--health-address');
    const second = shared ? first : await start(metricsAddress, metrics, '--metrics-address');
    return { healthPort: first?.port, metricsPort: second?.port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function verdict(word: string, problems: readonly string[]): HttpAnswer {
  return problems.length === 0
    ? plain(200, word)
    : plain(503, `not ${word}\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
}

/** Port 0 is another one each time. */
function same(a: ListenAddress, b: ListenAddress): boolean {
  return a.port !== 0 && a.port === b.port && a.host === b.host;
}
