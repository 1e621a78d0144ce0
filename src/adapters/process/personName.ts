import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

const PATIENCE_MS = 3_000;

/** Whom git knows as the author in a folder, else the user of this machine. Never rejects. */
export async function personName(folder: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['config', 'user.name'], { cwd: folder, timeout: PATIENCE_MS });
    if (stdout.trim() !== '') return stdout.trim();
  } catch {
    // No git, no repository, or nobody named: the user's own name stands in.
  }
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
