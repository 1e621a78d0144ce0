import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Older news is none. */
const KEPT_MS = 30 * 86_400_000;

/**
 * Which news was told, over all windows of this machine and over reloads: a file for each, which only one window can make. A window's own
 * storage knows too late what another one has told.
 */
export class ToldNews {
  readonly #folder: string;
  readonly #own = new Set<string>();

  /** @param folder of all windows; made where it is missing. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * What happened up to this instant is no news: nobody had looked at the pipeline here before it, or it was too long ago. Epoch milliseconds.
   * Never rejects.
   */
  async since(manifest: string, now: number): Promise<number> {
    const folder = this.#of(manifest);
    const file = join(folder, 'since');
    try {
      await mkdir(folder, { recursive: true });
      const isFirst = await makeNew(file, String(now));
      if (!isFirst) await forgetOld(folder, now);
      const since = Number(await readFile(file, 'utf8'));
      return Math.max(Number.isFinite(since) ? since : 0, now - KEPT_MS);
    } catch {
      return now - KEPT_MS;
    }
  }

  /** Whether this window is the one to tell a piece of news: true once. Where nothing can be written each window tells it once. Never rejects. */
  async claim(manifest: string, news: string): Promise<boolean> {
    const name = news.replaceAll(/[^\w.-]/g, '_').slice(0, 200);
    const key = `${manifest}\n${name}`;
    if (this.#own.has(key)) return false;
    this.#own.add(key);
    return makeNew(join(this.#of(manifest), name), '').catch(() => true);
  }

  #of(manifest: string): string {
    return join(this.#folder, createHash('sha256').update(manifest).digest('hex').slice(0, 16));
  }
}

/** False where it is there already. */
async function makeNew(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return false;
    throw thrown;
  }
}

async function forgetOld(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name === 'since') continue;
    const { mtimeMs } = await stat(join(folder, name));
    // Twice as long as news is news: never told again.
    if (now - mtimeMs > 2 * KEPT_MS) await rm(join(folder, name), { force: true });
  }
}
