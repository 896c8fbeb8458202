import type { LiveFleet } from '../data/live-fleet.ts';
import { LiveHub } from '../data/live-hub.ts';
import { compareWithFile } from '../data/planned-file.ts';
import { OpenedWork } from '../data/opened-work.ts';
import { RollOutSource } from '../data/roll-out-source.ts';
import { openView, type GatherDeps, type OpenView, type Wish } from '../frame/view.ts';
import { gitopsView } from './gitops-view.ts';
import { fleetView } from './fleet-view.ts';
import { rollOutView } from './roll-out-view.ts';
import { workView } from './work-view.ts';
import { worksView } from './works-view.ts';

/** The views in the order of their keys. @param wish told what one of them wants of the frame */
export function openViews(fleet: LiveFleet, deps: GatherDeps, wish: (wish: Wish) => void): readonly OpenView[] {
  const opened = new OpenedWork(deps, fleet);
  const onWish = (wanted: Wish): void => {
    if (wanted.wish === 'open-work') {
      opened.open(wanted.work);
      work.set(() => ({ from: 0 }));
    }
    if (wanted.wish === 'works-of')
      works.set((state) => ({
        ...state,
        filter: '',
        only: wanted.consumer,
        selected: undefined,
        index: 0,
      }));
    wish(wanted);
  };
  const shared = (): LiveFleet => fleet;
  const clusters = openView(fleetView(shared), deps, onWish);
  const works = openView(worksView(shared), deps, onWish);
  const work = openView(
    workView(() => opened, { compare: (path) => void compareWithFile(path, opened, deps) }),
    deps,
    onWish,
  );
  const rollOut = openView(
    rollOutView((given) => new RollOutSource(given, given.options.journal)),
    deps,
    onWish,
  );
  const gitops = openView(
    gitopsView((gathering) => new LiveHub(gathering)),
    deps,
    onWish,
  );
  return [clusters, works, work, rollOut, gitops];
}
