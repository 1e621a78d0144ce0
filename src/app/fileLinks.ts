import { join, relative, sep } from 'node:path';

/** Links of a document in one folder to files by their paths from another one. */
export function linksFrom(from: string, to: string): (path: string) => string {
  return (path) =>
    relative(from, join(to, path))
      .split(sep)
      .map((part) => encodeURIComponent(part))
      .join('/');
}
