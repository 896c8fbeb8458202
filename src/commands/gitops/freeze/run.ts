export { changeFrozen as run } from '../shared/change-frozen.ts';
