import { execFile } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Context } from 'mocha';
import { skipUnlessInstalled } from './skip';

const run = promisify(execFile);

/** A disk of a few hundred kilobytes, mounted on a folder; only root can do that. */
export class TinyDisk {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Skips the test where no disk can be mounted. */
  static async mount(context: Context, folder: string): Promise<TinyDisk> {
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
    } catch {
      skipUnlessInstalled(context, 'no disk can be mounted here, which takes root and a system that allows it');
    }
    return new TinyDisk(folder);
  }

  /** Takes all space but so many bytes. */
  async fill(left = 0): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    await writeFile(join(this.#folder, 'filler'), Buffer.alloc(bavail * bsize - left));
  }

  async free(): Promise<void> {
    await rm(join(this.#folder, 'filler'), { force: true });
  }

  async unmount(): Promise<void> {
    await run('umount', ['-l', this.#folder]);
  }
}
