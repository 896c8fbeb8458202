import { startProcess, type Endpoints, type Process } from '../own-process.ts';
import type { ControllerOptions, Sample } from './controller.ts';
import type { HubOptions, HubReport, HubTold } from './hub.ts';
import type { MaestroOptions, MaestroReport, MaestroTold } from './maestro.ts';

export interface Hub {
  readonly server: string;
  /** Characters of one application on the wire. */
  readonly sample: number;
  readonly process: Process;
  tell(what: HubTold): Promise<unknown>;
  report(): Promise<HubReport>;
}

export async function startHub(options: HubOptions): Promise<Hub> {
  const process = await startProcess('gitops/hub.ts', options);
  const { server, sample } = (await process.next()) as { readonly server: string; readonly sample: number };
  const tell = async (what: HubTold): Promise<unknown> => {
    process.tell(what);
    return process.next();
  };
  return { server, sample, process, tell, report: async () => (await tell({ do: 'report' })) as HubReport };
}

export interface SimulatedMaestro {
  readonly endpoints: Endpoints;
  /** Characters of one bundle in a list. */
  readonly sample: number;
  readonly process: Process;
  tell(what: MaestroTold): Promise<unknown>;
  report(): Promise<MaestroReport>;
}

export async function startMaestro(options: MaestroOptions): Promise<SimulatedMaestro> {
  const process = await startProcess('gitops/maestro.ts', options);
  const { sample, ...endpoints } = (await process.next()) as Endpoints & { readonly sample: number };
  const tell = async (what: MaestroTold): Promise<unknown> => {
    process.tell(what);
    return process.next();
  };
  return { endpoints, sample, process, tell, report: async () => (await tell({ do: 'report' })) as MaestroReport };
}

/** The snapshot only when it is looked at all. */
export type Look = Pick<Sample, 'counts' | 'readWallMs'> & Partial<Pick<Sample, 'snapshot'>>;

export interface MeasuredController {
  readonly process: Process;
  /** What happened since the last sample, which goes on. */
  look(): Promise<Look>;
  /** What happened since the last sample, and begins the next; after a full collection of garbage when told so. */
  sample(collect?: boolean): Promise<Sample>;
  /**
   * Waits until something was done so often since the last sample, without a look that disturbs what is measured;
   * throws when it was not within the time.
   */
  untilCount(what: string, name: string, least: number, withinMs: number): Promise<void>;
  /** Looks until it holds; throws when it does not within the time. */
  until(
    what: string,
    holds: (look: Look) => boolean,
    withinMs: number,
    how?: { readonly everyMs?: number; readonly look?: 'counts' | 'all' },
  ): Promise<void>;
}

export async function startController(
  options: ControllerOptions,
  nodeFlags: readonly string[] = [],
): Promise<MeasuredController> {
  const process = await startProcess('gitops/controller.ts', options, nodeFlags);
  await process.next();
  return {
    process,
    look: async () => {
      process.tell({ look: 'counts' });
      return (await process.next()) as Look;
    },
    sample: async (collect = false) => {
      process.tell({ collect });
      return (await process.next()) as Sample;
    },
    untilCount: async (what, name, least, withinMs) => {
      process.tell({ look: 'counts', count: { name, least } });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>(
        (_, reject) => (timer = setTimeout(() => reject(new Error(`${what}: not within ${withinMs} ms`)), withinMs)),
      );
      await Promise.race([process.next(), late]);
      clearTimeout(timer);
    },
    until: async (what, holds, withinMs, { everyMs = 100, look: how = 'counts' } = {}) => {
      const endMs = performance.now() + withinMs;
      for (;;) {
        process.tell({ look: how });
        const look = (await process.next()) as Look;
        if (holds(look)) return;
        if (performance.now() > endMs) throw new Error(`${what}: not within ${withinMs} ms; ${JSON.stringify(look)}`);
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
    },
  };
}
