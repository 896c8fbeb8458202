import { mayMeetRefusal } from '../../world/access.ts';
import type { Call, History } from '../history/history.ts';
import type { Property } from './property.ts';

export const rotationIsFollowed: Property = {
  name: 'rotation-is-followed',
  says: 'a call ends as refused for its token or certificates (9) only when the server took others than its files had at a moment of it, and with no other code for that cause; one that began when both were rotated goes well, and one that runs meanwhile takes the new ones',
  check: ({ calls, reruns, rotations }) =>
    [...calls, ...reruns].flatMap((call) => faults(call, rotations).map((what) => ({ what, calls: [call.name] }))),
};

function faults(call: Call, rotations: History['rotations']): readonly string[] {
  const { exitCode } = call;
  const [error = ''] = /^error: .*/m.exec(call.stderr) ?? [];
  if (exitCode === accessDenied)
    return mayMeetRefusal(rotations, call) ? [] : [`it was refused, and its files had what the server took: ${error}`];
  const isRefusal = exitCode !== undefined && /did not accept the caller|certificate/.test(error);
  return isRefusal ? [`it ended with ${String(exitCode)}, and was refused: ${error}`] : [];
}

const accessDenied = 9;
