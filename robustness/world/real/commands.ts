import type { Trouble } from '../troubles.ts';

/** Commands for a shell by which a real server and its agents are made to go wrong; without one they do not. */
export interface Commands {
  readonly stopServer?: string;
  readonly startServer?: string;
  /** With the name of the consumer in CONSUMER. */
  readonly stopAgent?: string;
  readonly startAgent?: string;
}

/** Whether a real server can have this trouble, with these commands. */
export function realCan(trouble: Trouble, { stopServer, startServer, stopAgent, startAgent }: Commands): boolean {
  switch (trouble.kind) {
    case 'restart':
      return trouble.keepsData && stopServer !== undefined && startServer !== undefined;
    case 'agent-stops':
      return stopAgent !== undefined && startAgent !== undefined;
    // Only a stand-in answers, reports and streams wrongly because it is told to.
    case 'status':
    case 'agent-late':
    case 'rotation':
    case 'agent-reports':
    case 'repeat-events':
    case 'reorder-events':
      return false;
    case 'refuse':
    case 'cut':
    case 'cut-after-request':
    case 'slow':
    case 'half-open':
    case 'lose-answers':
    case 'signal':
    case 'full-disk':
    case 'full-file-system':
    case 'clock-step':
    case 'slow-reader':
      return true;
  }
}
