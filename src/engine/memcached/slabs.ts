// Memory in pages of 1 MB. A class takes a page when it has no free chunk, cuts it into chunks and keeps it until the
// page mover takes it back; a class without any page gets its first one above the limit as well. Which chunk of a page an item
// has does not matter: a free chunk is the number of its page, last freed first taken.
//
// Source: memcached 1.6, slabs.c.

import type { MemcachedSettings } from "./settings.ts";
import { MOST_CLASSES, type SlabClasses } from "./slab-classes.ts";

export const NO_PAGE = -1;
/** Pages that belong to no class. */
export const GLOBAL_POOL = 0;

export class Slabs {
  /** Pages by class, oldest first. */
  readonly pages: number[][] = Array.from({ length: MOST_CLASSES }, () => []);
  private readonly free: number[][] = Array.from({ length: MOST_CLASSES }, () => []);
  private nextPage = 0;
  /** The page that is being emptied: what is freed on it is nobody's until it has moved. */
  private leaving = NO_PAGE;
  /** Bytes of all pages. */
  allocated = 0;

  constructor(
    private readonly settings: MemcachedSettings,
    private readonly classes: SlabClasses,
  ) {}

  freeChunks(slabClass: number): number {
    return this.free[slabClass].length;
  }

  usedChunks(slabClass: number): number {
    return this.pages[slabClass].length * this.classes.perPage[slabClass] - this.free[slabClass].length;
  }

  /** A chunk's page, or NO_PAGE when memory is full. */
  take(slabClass: number, mayGrow = true): number {
    const free = this.free[slabClass];
    if (free.length === 0 && mayGrow) this.grow(slabClass);
    return free.pop() ?? NO_PAGE;
  }

  release(slabClass: number, page: number): void {
    if (page !== this.leaving) this.free[slabClass].push(page);
  }

  private grow(slabClass: number): void {
    const { pageBytes, maxBytes } = this.settings;
    const pool = this.pages[GLOBAL_POOL];
    const own = this.pages[slabClass];
    if (pool.length === 0 && own.length > 0 && this.allocated + pageBytes > maxBytes) return;
    const page = pool.pop() ?? this.newPage();
    own.push(page);
    this.cut(slabClass, page);
  }

  private newPage(): number {
    this.allocated += this.settings.pageBytes;
    return this.nextPage++;
  }

  private cut(slabClass: number, page: number): void {
    const free = this.free[slabClass];
    for (let i = this.classes.perPage[slabClass]; i > 0; i--) free.push(page);
  }

  /** Chunks of a page that somebody has. */
  usedOn(slabClass: number, page: number): number {
    return this.classes.perPage[slabClass] - this.free[slabClass].filter(one => one === page).length;
  }

  /** From here until it moves, no chunk of this page is given out. */
  strip(slabClass: number, page: number): void {
    this.leaving = page;
    this.free[slabClass] = this.free[slabClass].filter(one => one !== page);
  }

  /** An empty page goes to another class, or to the pool and, above the limit, back to the system. */
  hand(page: number, from: number, to: number): void {
    this.leaving = NO_PAGE;
    this.pages[from] = this.pages[from].filter(one => one !== page);
    this.pages[to].push(page);
    if (to !== GLOBAL_POOL) this.cut(to, page);
    else this.shrink();
  }

  /** After a page has come to the pool, or the limit has been lowered. */
  shrink(): void {
    const { pageBytes, maxBytes, slabReassign } = this.settings;
    const pool = this.pages[GLOBAL_POOL];
    while (slabReassign && this.allocated > maxBytes && pool.length > 0) {
      pool.pop();
      this.allocated -= pageBytes;
    }
  }
}
