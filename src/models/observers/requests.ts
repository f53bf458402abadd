// Every request ends once, and every try is answered at most once: a second answer would be taken for the next one's.

import type { ObserverSpec } from "./observer.ts";

export const requestsObserver: ObserverSpec = {
  name: "requests",
  law: "every request ends once, every try is answered at most once",
  begin(world, tell) {
    const { requests } = world;
    const open = new Set<number>();
    let opened = 0;
    let closed = 0;
    for (let request = 0; request < requests.limit; request++) {
      if (requests.alive[request] === 1) open.add(request);
    }
    const before = open.size;
    /** Generation at the last answer, by request; it rises by one when a try is sent, and by one when it is answered. */
    let answered = new Float64Array(1_024).fill(-2);
    requests.watcher = {
      opened(request) {
        if (open.has(request)) tell(`request ${request} begins while it is in progress`);
        open.add(request);
        opened++;
      },
      closed(request) {
        if (!open.delete(request)) tell(`request ${request} ends and was not in progress`);
        closed++;
      },
    };
    world.watchReplies(request => {
      if (request >= answered.length) {
        const wider = new Float64Array(2 * request + 1).fill(-2);
        wider.set(answered);
        answered = wider;
      }
      const generation = requests.generation[request];
      if (!open.has(request)) tell(`request ${request} is answered after its end`);
      if (generation < answered[request] + 2) tell(`request ${request} is answered twice for one try`);
      answered[request] = generation;
    });
    const look = () => {
      if (before + opened !== closed + open.size || open.size !== requests.active) {
        tell(
          `${before + opened} requests began, ${closed} ended, ${open.size} are open, the machine counts ${requests.active}`,
        );
      }
      world.checkConservation();
    };
    return {
      look,
      quiet() {
        look();
        if (open.size > 0) tell(`${open.size} requests have no end, the first is ${[...open][0]}`);
      },
    };
  },
};
