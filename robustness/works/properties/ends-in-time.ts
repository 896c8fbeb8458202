import { lateness } from '../../properties/told.ts';
import { allCalls, type Property } from './property.ts';

export const endsInTime: Property = {
  name: 'ends-in-time',
  says: 'each call ends by itself within the time that it was given and a margin of 30 s, whatever answers or does not',
  check: (history) => allCalls(history).flatMap((call) => lateness(call).map((what) => ({ what, calls: [call.name] }))),
};
