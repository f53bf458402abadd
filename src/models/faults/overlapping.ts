// Disturbances of one thing that may overlap: each ends by itself, whatever began or ended meanwhile, and what they come to
// together is worked out anew from those that are left.

export class Overlapping<Disturbance> {
  private readonly present: Disturbance[] = [];

  constructor(
    /** Told what there is now, the oldest first. */
    private readonly changed: (present: readonly Disturbance[]) => void,
  ) {}

  /** A disturbance begins, which is no other's object; call what it returns when it is over. */
  add(disturbance: Disturbance): () => void {
    const { present } = this;
    present.push(disturbance);
    this.changed(present);
    return () => {
      const at = present.indexOf(disturbance);
      if (at === -1) return;
      present.splice(at, 1);
      this.changed(present);
    };
  }
}
