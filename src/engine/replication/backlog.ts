// The last bytes of the replication stream. Offsets count the stream's bytes from 1, as the protocol does. Bytes lie in
// blocks that are never moved, so that whoever sends them needs no copy: one stream for all replicas, however many there are.

const BLOCK_BYTES = 16_384;

interface Block {
  /** Offset of its first byte. */
  readonly from: number;
  readonly bytes: Buffer;
  used: number;
}

export class Backlog {
  private blocks: Block[] = [];

  constructor(
    /** Offset of the last byte before the first one here. */
    private base: number,
    /** How many bytes are to be kept. */
    private readonly size: () => number,
    /** Offset of the first byte that somebody still has to get. */
    private readonly neededFrom: () => number,
  ) {}

  /** Offset of the first byte kept, or of the next one when there are none. */
  get firstOffset(): number {
    return this.blocks.length === 0 ? this.base + 1 : this.blocks[0].from;
  }

  get length(): number {
    return this.endOffset - this.firstOffset;
  }

  /** Offset of the next byte. */
  get endOffset(): number {
    const last = this.blocks[this.blocks.length - 1];
    return last === undefined ? this.base + 1 : last.from + last.used;
  }

  /** Allocator bytes: those of the blocks. */
  get memory(): number {
    let bytes = 0;
    for (const block of this.blocks) bytes += block.bytes.length;
    return bytes;
  }

  append(text: string): void {
    let at = 0;
    while (at < text.length) {
      let last = this.blocks[this.blocks.length - 1];
      if (last === undefined || last.used === last.bytes.length) {
        const bytes = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, text.length - at));
        this.blocks.push((last = { from: this.endOffset, bytes, used: 0 }));
      }
      const piece =
        at === 0 && text.length <= last.bytes.length - last.used
          ? text
          : text.slice(at, at + last.bytes.length - last.used);
      last.bytes.write(piece, last.used, "latin1");
      last.used += piece.length;
      at += piece.length;
    }
    this.trim();
  }

  /** Lets go of blocks beyond the size to be kept, unless somebody has not got them yet. */
  trim(): void {
    const size = this.size();
    const needed = this.neededFrom();
    let dropped = 0;
    for (let length = this.length; dropped < this.blocks.length - 1; dropped++) {
      const { from, used } = this.blocks[dropped];
      length -= used;
      if (length < size || from + used > needed) break;
    }
    if (dropped === 0) return;
    this.blocks.splice(0, dropped);
  }

  /** Whether the stream can go on from this offset. */
  reaches(offset: number): boolean {
    return offset >= this.firstOffset && offset <= this.endOffset;
  }

  /** The bytes from an offset on. */
  from(offset: number): Buffer[] {
    const pieces: Buffer[] = [];
    for (let i = this.blocks.length - 1; i >= 0; i--) {
      const { from, bytes, used } = this.blocks[i];
      if (from + used <= offset) break;
      pieces.push(bytes.subarray(Math.max(0, offset - from), used));
    }
    return pieces.reverse();
  }
}
