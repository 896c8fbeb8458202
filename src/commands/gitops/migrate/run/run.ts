export { carryOutHandover as run } from '../shared/carry-out.ts';
