import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { GivenRequest } from '../../app/journal';
import { REQUEST_KINDS, type RunRequest } from '../../core/backfill/backfill';
import { codeOf, createWhole } from './durableFile';
import { readJson } from './journalText';

const FOLDER = 'requests';
/** How requests to cancel were left before there were others. */
const CANCEL = 'cancel.json';
const NUMBERED = /^(\d{6})-/;

const requestSchema = v.object({
  kind: v.exactOptional(v.picklist(REQUEST_KINDS)),
  by: v.exactOptional(v.string()),
  session: v.exactOptional(v.number()),
  attempt: v.exactOptional(v.string()),
});

/** Who asks, when (ISO), and which session of the backfill. */
export interface RequestOrigin {
  readonly by: string;
  readonly at: string;
  readonly session: number;
}

/**
 * Leaves a request in a run's folder: a file of its own that is complete as soon as it has its name, `000003-pause.json`, and never changes. Whoever
 * does it by hand may give the file any name, or name an empty one after what it asks for, such as `requests/pause`.
 */
export async function leaveRequest(runFolder: string, request: RunRequest, from: RequestOrigin): Promise<void> {
  const folder = join(runFolder, FOLDER);
  // Not recursive: a backfill that is not there is not made by asking it for something.
  await mkdir(folder).catch((thrown: unknown) => {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  });
  for (;;) {
    const number = 1 + Math.max(0, ...(await readdir(folder)).map((name) => Number(NUMBERED.exec(name)?.[1] ?? 0)));
    const path = join(folder, `${String(number).padStart(6, '0')}-${request.kind}.json`);
    try {
      return await createWhole(path, `${JSON.stringify({ ...request, ...from })}\n`);
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    }
  }
}

/** All requests of a run, in the order of their names; those that say nothing that can be understood, or not yet, are left out. */
export async function readRequests(runFolder: string): Promise<readonly GivenRequest[]> {
  const folder = join(runFolder, FOLDER);
  const names = await readdir(folder).catch((thrown: unknown) => {
    if (codeOf(thrown) === 'ENOENT') return [];
    throw thrown;
  });
  const requests: GivenRequest[] = [];
  for (const name of names.filter((one) => !one.endsWith('.tmp')).sort()) {
    const request = requestOf(name, await readFile(join(folder, name), 'utf8').catch(() => undefined));
    if (request !== undefined) requests.push(request);
  }
  const cancel = requestOf(CANCEL, await readFile(join(runFolder, CANCEL), 'utf8').catch(() => undefined));
  return cancel === undefined ? requests : [cancel, ...requests];
}

/** Whether asking for something adds nothing to what was asked and not answered yet. A pause after a continue is one more. @param open in order. */
export function isAskedFor(request: RunRequest, open: readonly RunRequest[]): boolean {
  switch (request.kind) {
    case 'cancel':
      return open.some(({ kind }) => kind === 'cancel');
    case 'endJob':
      return open.some((one) => one.kind === 'endJob' && one.attempt === request.attempt);
    case 'pause':
    case 'continue':
      return open.findLast(({ kind }) => kind === 'pause' || kind === 'continue')?.kind === request.kind;
  }
}

function requestOf(name: string, text: string | undefined): GivenRequest | undefined {
  if (text === undefined) return undefined;
  const read = readJson<v.InferOutput<typeof requestSchema>>(requestSchema, text);
  const told: v.InferOutput<typeof requestSchema> = typeof read === 'string' ? {} : read;
  const { by = 'somebody', session, attempt } = told;
  const named = name.replace(NUMBERED, '').replace(/\.json$/, '');
  const from = { name, by, ...(session !== undefined && { session }) };
  const kind = told.kind ?? REQUEST_KINDS.find((one) => one === named);
  switch (kind) {
    case 'cancel':
    case 'pause':
    case 'continue':
      return { ...from, kind };
    case 'endJob':
      return attempt === undefined ? undefined : { ...from, kind, attempt };
    case undefined:
      return undefined;
  }
}
