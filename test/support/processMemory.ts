import { readdirSync, readFileSync } from 'node:fs';

/** A process of this machine, by what Linux tells of it. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The processes below another one, however far. */
export function processesBelow(pid: number): readonly SeenProcess[] {
  const all = readdirSync('/proc').flatMap((name): SeenProcess[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      // `pid (name) state parent …`, where a name may hold anything.
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
  const below = new Set([pid]);
  for (let known = 0; known !== below.size; ) {
    known = below.size;
    for (const one of all) if (below.has(one.parent)) below.add(one.pid);
  }
  return all.filter((one) => one.pid !== pid && below.has(one.pid));
}

/** What a process holds in memory, in MiB. */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}
