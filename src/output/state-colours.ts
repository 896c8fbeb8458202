import type { ShownState } from '../core/status/shown-state.ts';

/** Names of colours that every terminal has, as chalk and Ink spell them. */
export type StateColour = 'green' | 'cyan' | 'yellow' | 'blueBright' | 'magenta' | 'red' | 'gray';

/** The one table of what the states of works are coloured as. Colour only helps: the word always stands beside it. */
export const stateColours: Readonly<Record<ShownState, StateColour>> = {
  available: 'green',
  applied: 'cyan',
  progressing: 'yellow',
  deleting: 'blueBright',
  silent: 'magenta',
  failing: 'red',
  deleted: 'gray',
};
