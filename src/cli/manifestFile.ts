import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { PipelineSession } from '../app/session/pipelineSession';
import type { Mode } from '../base/status';
import type { ManifestProblem, Pipeline } from '../core/pipeline';
import type { Context } from './command';
import { usageError } from './exitCodes';

export const MANIFEST_NAME = 'backfill.yaml';

/** An open pipeline: the manifest was read without an error. */
export interface OpenPipeline {
  /** Absolute path. */
  readonly manifest: string;
  readonly session: PipelineSession;
  readonly pipeline: Pipeline;
}

/** Absolute path of the manifest that was asked for, or of the nearest one in the folder or above it. */
export async function findManifest(cwd: string, given: string | undefined): Promise<string> {
  if (given !== undefined) {
    const path = resolve(cwd, given);
    if (await isFile(path)) return path;
    throw usageError(`There is no manifest ${given}. 'backfill init' writes one.`);
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, MANIFEST_NAME);
    if (await isFile(path)) return path;
    if (dirname(folder) === folder) break;
  }
  throw usageError(
    `There is no ${MANIFEST_NAME} in ${cwd} or above it. 'backfill init' writes one, '--manifest F' names another.`,
  );
}

export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Reads the manifest; a broken one ends the command with its mistakes. */
export async function openPipeline(
  context: Context,
  options: { readonly manifest: string | undefined; readonly mode?: Mode | undefined },
): Promise<OpenPipeline> {
  const manifest = await findManifest(context.cwd, options.manifest);
  const session = context.services.session(manifest, options.mode ?? 'backfill');
  const { pipeline, problems } = await session.reload();
  if (pipeline !== undefined) return { manifest, session, pipeline };
  const errors = problems.filter(({ severity }) => severity === 'error');
  throw usageError(errors.map((problem) => problemLine(manifest, context.cwd, problem)).join('\n'));
}

/** `backfill.yaml:12:5: error: …`: lines and columns count from 1, as editors take them. */
export function problemLine(file: string, cwd: string, problem: Pick<ManifestProblem, 'severity' | 'message' | 'range'>): string {
  return `${problemPlace(file, cwd, problem)}: ${problem.severity}: ${problem.message}`;
}

/** `backfill.yaml:12:5`. */
export function problemPlace(file: string, cwd: string, { range }: Pick<ManifestProblem, 'range'>): string {
  return `${shownPath(file, cwd)}:${range.start.line + 1}:${range.start.column + 1}`;
}

/** A file as people name it: relative where it is in the folder or below. */
export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path === '' || path.startsWith('..') ? file : path;
}

/** The waivers of a manifest. */
export function waiversFile(manifest: string): string {
  return join(dirname(manifest), '.backfill', 'waivers.yaml');
}
