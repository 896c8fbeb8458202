export { carryOutPlan as run } from '../shared/carry-out.ts';
