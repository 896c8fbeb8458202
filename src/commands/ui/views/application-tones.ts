import type { Tone } from '../screen/line.ts';

/** Colours of the words of Argo CD. */
export function toneOfHealth(health: string): Tone {
  if (health === 'Healthy') return 'good';
  if (health === 'Degraded' || health === 'Missing') return 'bad';
  return health === 'Progressing' || health === 'Suspended' ? 'warn' : 'plain';
}

export function toneOfSync(sync: string): Tone {
  return sync === 'Synced' ? 'good' : sync === 'OutOfSync' ? 'warn' : 'plain';
}
