import type { StepName } from './events.ts';

/** A step in words: when it was taken, and when a dry run tells that it would be the next. */
export interface StepText {
  readonly taken: string;
  readonly planned: string;
}

/** The words of every step, for progress and for dry runs alike. */
export const stepTexts: Readonly<Record<StepName, StepText>> = {
  'switch-cluster': {
    taken: 'switched off for the controllers',
    planned: 'would be switched off for the controllers',
  },
  'release-cluster': { taken: 'given to the controllers again', planned: 'would be given to the controllers again' },
  'publish-bundle': { taken: 'bundle published', planned: 'its bundle would be published' },
  'stamp-bundle': { taken: 'bundle taken by this migration', planned: 'its bundle would be taken by this migration' },
  'orphan-bundle': { taken: 'bundle told to let go', planned: 'its bundle would be told to let go' },
  'delete-bundle': { taken: 'deletion of the bundle requested', planned: 'its bundle would be deleted' },
  'clear-bundle': { taken: 'bundle given back', planned: 'its bundle would be given back to the controllers' },
  'create-work': { taken: 'classic work created again', planned: 'its classic work would be created again' },
  'mark-work': {
    taken: 'classic work taken by this migration',
    planned: 'its classic work would be taken by this migration',
  },
  'orphan-work': { taken: 'classic work told to let go', planned: 'its classic work would be told to let go' },
  'restore-work': {
    taken: 'classic work put back as it was',
    planned: 'its classic work would be put back as it was',
  },
  'delete-work': { taken: 'classic work deleted', planned: 'its classic work would be deleted' },
  'clear-work': {
    taken: 'classic work given back',
    planned: 'its classic work would be given back to the classic model',
  },
  'clear-conditions': {
    taken: 'our conditions taken off the hub',
    planned: 'the conditions of the controllers would be taken off the hub',
  },
  'make-probe': {
    taken: 'its Applications are asked who owns them',
    planned: 'its cluster would be asked',
  },
  'delete-probe': {
    taken: 'no longer asked who owns its Applications',
    planned: 'its cluster would no longer be asked',
  },
};
