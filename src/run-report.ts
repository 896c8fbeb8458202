import type { Outcome } from './core/outcome/outcome.ts';
import { RollOutRecord } from './core/roll-out/record.ts';
import type { ExitCode } from './exit-code.ts';
import { openReportFile } from './io/result-file.ts';
import { reportPage } from './output/report/page.ts';

/** How a run ended whose page is written. */
export interface ReportEnd {
  readonly outcome: Pick<Outcome, 'error'>;
  readonly exitCode: ExitCode;
  /** What was typed, without its secrets. */
  readonly command: string;
  /** When the process was started: RFC 3339, UTC. */
  readonly startedAt: string;
  readonly endedWallMs: number;
}

/** The page of a run: told while it goes on, written once, at the end. */
export interface RunReport {
  readonly path: string;
  readonly record: RollOutRecord;
  /** @throws MaestroError when it cannot be written; what stood there before is as it was */
  write(end: ReportEnd): void;
}

/** @throws MaestroError usage when nothing can be written there, before anything was sent */
export function openRunReport(path: string): RunReport {
  const file = openReportFile(path);
  const record = new RollOutRecord();
  return {
    path,
    record,
    write: ({ outcome, exitCode, command, startedAt, endedWallMs }) =>
      file.write(
        reportPage(record.picture(), {
          exitCode,
          command,
          startedWallMs: Date.parse(startedAt),
          endedWallMs,
          ...(outcome.error === undefined ? {} : { error: outcome.error.message }),
        }),
      ),
  };
}
