// What the server remembers about one connection.

/** The state of one client connection as commands see it. */
export class Session {
  db = 0;
  resp: 2 | 3 = 2;
  name = "";
  authenticated = true;
  user = "default";
  /** One-shot permission to touch a slot that is being imported. */
  asking = false;
  /** Reads may be served by a replica. */
  readonly = false;
  /** Accesses do not count for aging (CLIENT NO-TOUCH). */
  noTouch = false;
  closing = false;

  constructor(
    readonly id: number,
    /** The stream from the primary: nothing it says is refused, and keys never expire under it. */
    readonly fromPrimary = false,
    readonly createdMs = 0,
  ) {}

  /** Back to how the connection began, as RESET does it. */
  reset(): void {
    this.db = 0;
    this.resp = 2;
    this.name = "";
    this.asking = false;
    this.readonly = false;
    this.noTouch = false;
  }
}
