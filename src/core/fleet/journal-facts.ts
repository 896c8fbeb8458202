import { exitCodes, type ExitCode } from '../../exit-code.ts';
import { isJsonObject, parseJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { isStandsAs, unknownWallMs, type PlannedStage, type RollOutFact, type WorkEnd } from '../roll-out/facts.ts';
import { entryOf, isJournalHeader } from './journal.ts';

/** What the first line of a journal says. */
export interface JournalAbout {
  readonly endpoint: string;
  readonly source: string;
}

/** More than the plan of a roll-out to a hundred thousand clusters takes; a longer line is none of a journal. */
const mostLineChars = 16 * 1024 * 1024;

/**
 * Reads a journal as it grows, for whoever looks at a roll-out. It concludes nothing: of a journal that an earlier
 * version wrote it knows what was stored, and neither when nor what is to come.
 */
export class JournalReading {
  #rest = '';
  #about: JournalAbout | undefined;
  #isOther = false;
  #unknownLines = 0;

  /** Undefined until the first line is whole. */
  get about(): JournalAbout | undefined {
    return this.#about;
  }

  /** The first line is whole, and it is not that of a journal: nothing of it is read. */
  get isOther(): boolean {
    return this.#isOther;
  }

  /** Lines that say nothing to this version. */
  get unknownLines(): number {
    return this.#unknownLines;
  }

  /** Takes in what has come since the last time; a line without its end waits for that. */
  take(text: string): readonly RollOutFact[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > mostLineChars) {
      this.#rest = '';
      this.#isOther = true;
    }
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #line(line: string): RollOutFact | undefined {
    if (this.#isOther) return undefined;
    const value = parseJsonObject(line);
    if (this.#about === undefined) {
      const { endpoint, source } = value ?? {};
      if (isJournalHeader(value) && typeof endpoint === 'string' && typeof source === 'string')
        this.#about = { endpoint, source };
      else this.#isOther = true;
      return undefined;
    }
    const fact = value === undefined ? undefined : factOf(value);
    if (fact === undefined) this.#unknownLines += 1;
    return fact;
  }
}

function factOf(value: JsonObject): RollOutFact | undefined {
  const entry = entryOf(value);
  if (entry !== undefined) {
    const { consumer: cluster, name: work, version, how = 'doneBefore', wallMs = unknownWallMs } = entry;
    return { kind: 'stored', cluster, work, version, how, wallMs };
  }
  const { kind, wallMs } = value;
  if (typeof wallMs !== 'number') return undefined;
  switch (kind) {
    case 'begun':
      return begunOf(value['plan'], wallMs);
    case 'stageBegun':
    case 'stageEnded': {
      const { stage } = value;
      return typeof stage === 'number' ? { kind, stage, wallMs } : undefined;
    }
    case 'stands':
    case 'ended':
      return ofWork(value, kind, wallMs);
    case 'over': {
      const { stoppedBy } = value;
      return { kind, ...(typeof stoppedBy === 'string' ? { stoppedBy } : {}), wallMs };
    }
    default:
      return undefined;
  }
}

function ofWork(value: JsonObject, kind: 'stands' | 'ended', wallMs: number): RollOutFact | undefined {
  const { cluster, work, as, text } = value;
  if (typeof cluster !== 'string' || typeof work !== 'string') return undefined;
  if (kind === 'ended') {
    const end = endOf(value['end']);
    return end === undefined ? undefined : { kind, cluster, work, end, wallMs };
  }
  if (typeof as !== 'string' || !isStandsAs(as)) return undefined;
  return { kind, cluster, work, as, ...(typeof text === 'string' ? { text } : {}), wallMs };
}

function endOf(value: JsonValue | undefined): WorkEnd | undefined {
  if (!isJsonObject(value)) return undefined;
  const { phase, reason, message, exitCode, standing, version } = value;
  if (phase !== 'Applied' && phase !== 'InProgress' && phase !== 'Failed') return undefined;
  if (typeof reason !== 'string' || typeof message !== 'string' || !isExitCode(exitCode)) return undefined;
  return {
    phase,
    reason,
    message,
    exitCode,
    ...(standing === 'pending' || standing === 'failing' || standing === 'silent' ? { standing } : {}),
    ...(typeof version === 'number' ? { version } : {}),
  };
}

function isExitCode(value: JsonValue | undefined): value is ExitCode {
  return typeof value === 'number' && Object.hasOwn(exitCodes, value);
}

function begunOf(plan: JsonValue | undefined, wallMs: number): RollOutFact | undefined {
  if (!isJsonObject(plan)) return undefined;
  const { command, server, source, stages } = plan;
  if (typeof server !== 'string' || typeof source !== 'string' || !Array.isArray(stages)) return undefined;
  const read = (stages as readonly JsonValue[]).map((stage) => stageOf(stage));
  if (read.includes(undefined)) return undefined;
  return {
    kind: 'begun',
    plan: {
      ...(typeof command === 'string' ? { command } : {}),
      server,
      source,
      noun: 'work',
      stages: read.filter((stage) => stage !== undefined),
    },
    wallMs,
  };
}

function stageOf(value: JsonValue): PlannedStage | undefined {
  if (!isJsonObject(value)) return undefined;
  const { name, number, awaits, clusters } = value;
  if ((name !== 'canary' && name !== 'wave') || typeof number !== 'number' || !Array.isArray(clusters))
    return undefined;
  const read = (clusters as readonly JsonValue[]).flatMap((cluster) => {
    const { name: of, works } = isJsonObject(cluster) ? cluster : {};
    return typeof of === 'string' && typeof works === 'number' ? [{ name: of, works }] : [];
  });
  if (read.length < clusters.length) return undefined;
  return { name, number, ...(typeof awaits === 'string' ? { awaits } : {}), clusters: read };
}
