import { open, type FileHandle } from "node:fs/promises";

/** Why a file is written no further. */
export type Problem = "disk_full" | "disk" | "too_large";

/** So much waits to be written at most: a disk that stands still holds up no packets. */
const WAITING_MAX = 32_000_000;
const FLUSH_MS = 5_000;

/** A file that only grows; every few seconds what it holds is on the disk, whatever happens to the machine. */
export class PartFile {
  bytes = 0;
  problem: Problem | undefined;
  private waiting = 0;
  private flushedAt = 0;
  private last: Promise<void>;
  private handle: FileHandle | undefined;
  private readonly bytesMax: number;

  constructor(file: string, bytesMax: number) {
    this.bytesMax = bytesMax;
    this.last = open(file, "wx", 0o640).then((handle) => void (this.handle = handle), (error: unknown) => this.fail(error));
  }

  write(part: Buffer, at: number): void {
    if (this.problem) return;
    if (this.bytes + this.waiting + part.length > this.bytesMax) this.problem = "too_large";
    else if (this.waiting > WAITING_MAX) this.problem = "disk";
    if (this.problem) return;
    this.waiting += part.length;
    const isDue = at - this.flushedAt >= FLUSH_MS;
    if (isDue) this.flushedAt = at;
    this.last = this.last.then(() => this.put(part, isDue));
  }

  private async put(part: Buffer, isDue: boolean): Promise<void> {
    this.waiting -= part.length;
    if (this.problem === "disk_full" || this.problem === "disk") return;
    try {
      for (let done = 0; done < part.length; ) done += (await this.handle?.write(part, done))?.bytesWritten ?? part.length;
      this.bytes += part.length;
      if (isDue) await this.handle?.datasync();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    this.problem ??= code === "ENOSPC" || code === "EDQUOT" ? "disk_full" : "disk";
  }

  /** Once all is written. */
  async end(): Promise<void> {
    await this.last;
    await this.handle?.datasync().catch((error: unknown) => this.fail(error));
    await this.handle?.close().catch(() => undefined); // what counts is on the disk
  }
}
