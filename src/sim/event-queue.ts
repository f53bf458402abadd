// The data plane's pending events, in typed columns: a 4-ary heap ordered by (time, sequence).
//
// Layout. The heap holds three parallel arrays, indexed by heap position:
//   times[i]      instant in integer nanoseconds
//   sequences[i]  running number of scheduling; makes equal times come out in the order they were scheduled
//   slots[i]      where the rest of the event is kept
// and the rest lies still in columns indexed by slot, so that sifting moves three numbers and not six:
//   targets[slot], kinds[slot], as[slot], bs[slot]
// Free slots form a stack inside `freeSlots`. No object is made per event.
//
// Why 4-ary: children of one parent share a cache line of `times`. Why not a calendar queue: it collapses when many
// events share an instant, which rounded service times produce (measured in anchors/simulators.md, section 3).

const INITIAL_CAPACITY = 1_024;

export class EventQueue {
  private times = new Float64Array(INITIAL_CAPACITY);
  private sequences = new Float64Array(INITIAL_CAPACITY);
  private slots = new Int32Array(INITIAL_CAPACITY);
  private freeSlots = new Int32Array(INITIAL_CAPACITY);
  private freeCount = INITIAL_CAPACITY;

  targets = new Int32Array(INITIAL_CAPACITY);
  kinds = new Int32Array(INITIAL_CAPACITY);
  as = new Float64Array(INITIAL_CAPACITY);
  bs = new Float64Array(INITIAL_CAPACITY);

  size = 0;
  /** Time and sequence of the earliest event; Infinity when empty. Kept here so the run loop compares plain fields. */
  topTime = Number.POSITIVE_INFINITY;
  topSequence = Number.POSITIVE_INFINITY;

  constructor() {
    for (let i = 0; i < INITIAL_CAPACITY; i++) this.freeSlots[i] = INITIAL_CAPACITY - 1 - i;
  }

  push(time: number, sequence: number, target: number, kind: number, a: number, b: number): void {
    if (this.freeCount === 0) this.grow();
    const slot = this.freeSlots[--this.freeCount];
    this.targets[slot] = target;
    this.kinds[slot] = kind;
    this.as[slot] = a;
    this.bs[slot] = b;

    const { times, sequences, slots } = this;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentTime = times[parent];
      // The new event has the highest sequence of all, so it never passes an equal time.
      if (parentTime <= time) break;
      times[at] = parentTime;
      sequences[at] = sequences[parent];
      slots[at] = slots[parent];
      at = parent;
    }
    times[at] = time;
    sequences[at] = sequence;
    slots[at] = slot;
    if (at === 0) {
      this.topTime = time;
      this.topSequence = sequence;
    }
  }

  /** Takes the earliest event out and returns its slot; read the columns before the next push. */
  pop(): number {
    const { times, sequences, slots } = this;
    const taken = slots[0];
    this.freeSlots[this.freeCount++] = taken;
    const last = --this.size;
    if (last === 0) {
      this.topTime = Number.POSITIVE_INFINITY;
      this.topSequence = Number.POSITIVE_INFINITY;
      return taken;
    }
    const time = times[last];
    const sequence = sequences[last];
    const slot = slots[last];
    let at = 0;
    for (;;) {
      const first = (at << 2) + 1;
      if (first >= last) break;
      const end = first + 4 < last ? first + 4 : last;
      let best = first;
      let bestTime = times[first];
      for (let child = first + 1; child < end; child++) {
        const childTime = times[child];
        if (childTime < bestTime || (childTime === bestTime && sequences[child] < sequences[best])) {
          best = child;
          bestTime = childTime;
        }
      }
      if (bestTime > time || (bestTime === time && sequences[best] > sequence)) break;
      times[at] = bestTime;
      sequences[at] = sequences[best];
      slots[at] = slots[best];
      at = best;
    }
    times[at] = time;
    sequences[at] = sequence;
    slots[at] = slot;
    this.topTime = times[0];
    this.topSequence = sequences[0];
    return taken;
  }

  private grow(): void {
    const old = this.times.length;
    const capacity = old * 2;
    this.times = copyInto(new Float64Array(capacity), this.times);
    this.sequences = copyInto(new Float64Array(capacity), this.sequences);
    this.slots = copyInto(new Int32Array(capacity), this.slots);
    this.targets = copyInto(new Int32Array(capacity), this.targets);
    this.kinds = copyInto(new Int32Array(capacity), this.kinds);
    this.as = copyInto(new Float64Array(capacity), this.as);
    this.bs = copyInto(new Float64Array(capacity), this.bs);
    this.freeSlots = new Int32Array(capacity);
    this.freeCount = old;
    for (let i = 0; i < old; i++) this.freeSlots[i] = capacity - 1 - i;
  }
}

function copyInto<T extends Float64Array | Int32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
