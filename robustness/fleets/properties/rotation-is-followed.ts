import { mayMeetRefusal } from '../../world/access.ts';
import { allCalls, toldBy, type FleetProperty } from './property.ts';

export const fleetRotationIsFollowed: FleetProperty = {
  name: 'fleet-rotation-is-followed',
  says: 'a cluster is told as refused for a token or certificates (9) only when the server took others than the files of the call had at a moment of it: one that began when both were rotated goes well, and a roll-out that runs meanwhile takes the new ones',
  check: (history) =>
    allCalls(history).flatMap((call) => {
      const { works = [], error } = toldBy(call) ?? {};
      const codes = [call.exitCode, error?.exitCode, ...works.map(({ exitCode }) => exitCode)];
      if (!codes.includes(accessDenied) || mayMeetRefusal(history.rotations, call)) return [];
      const said = works.find(({ exitCode }) => exitCode === accessDenied)?.message ?? error?.message ?? call.stderr;
      const what = `it was refused, and its files had what the server took: ${said.slice(0, 300)}`;
      return [{ what, calls: [call.name] }];
    }),
};

const accessDenied = 9;
