import { userInfo } from 'node:os';

/** Who asks; the command where the user has no name, as in containers. */
export function userName(command: string): string {
  try {
    return userInfo().username;
  } catch {
    return `backfill ${command}`;
  }
}
