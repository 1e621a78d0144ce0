import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { WarehouseError } from '../../app/ports';
import type { PipelineSession } from '../../app/session/pipelineSession';
import { schemaFindings } from '../../app/session/schemaFindings';
import { counted } from '../../base/figures';
import type { ManifestProblem } from '../../core/pipeline';
import { locateFindings } from '../../core/schemaCheck/locateFindings';
import { type Context, defineCommand } from '../command';
import { EXIT } from '../exitCodes';
import { findManifest, problemLine, shownPath, waiversFile } from '../manifestFile';
import { MANIFEST_OPTION } from '../sharedOptions';

interface Found {
  /** Absolute. */
  readonly file: string;
  readonly problem: ManifestProblem;
}

export const checkCommand = defineCommand({
  name: 'check',
  summary: 'Check the manifest, and its tables and columns against the warehouse',
  details:
    'Below a mistake that can be mended in the warehouse stands the SQL statement that would. It is there to be read and copied: check changes nothing.',
  options: {
    ...MANIFEST_OPTION,
    format: { kind: 'choice', of: ['table', 'json'], help: 'how to print it (default: table)' },
  },
  async run(context, options) {
    const { terminal, services, cwd } = context;
    const manifest = await findManifest(cwd, options.manifest);
    const session = services.session(manifest, 'backfill');
    const reading = await session.reload();
    const { problems, unchecked } = await schemaProblems(context, session, manifest);
    await session.reclassify();
    const found: Found[] = [
      ...[...reading.problems, ...problems].map((problem) => ({ file: manifest, problem })),
      ...session.waiverProblems.map((problem) => ({ file: waiversFile(manifest), problem })),
    ];
    const errors = found.filter(({ problem }) => problem.severity === 'error').length;
    if (options.format === 'json') {
      terminal.print(JSON.stringify({ errors, problems: found.map((one) => problemJson(one, cwd)), unchecked }, null, 2));
      return errors > 0 ? EXIT.usage : EXIT.fine;
    }
    if (unchecked !== undefined) terminal.warn(`Tables and columns were not checked: ${unchecked}`);
    for (const { file, problem } of found) {
      terminal.print(problemLine(file, cwd, problem));
      if (problem.statement !== undefined) terminal.print(problem.statement.replace(/^/gm, '    '));
    }
    if (errors > 0) {
      terminal.print(`${counted(errors, 'error')}.`);
      return EXIT.usage;
    }
    const { sources, processors } = reading.pipeline ?? { sources: [], processors: [] };
    const name = relative(cwd, manifest) || manifest;
    terminal.print(
      `${name}: no mistakes in ${counted(processors.length, 'processor')} and ${counted(sources.length, 'source')}.`,
    );
    return EXIT.fine;
  },
});

/** What the tables contradict, and why they were not looked at where they could not be. */
async function schemaProblems(
  { services }: Context,
  session: PipelineSession,
  manifest: string,
): Promise<{ readonly problems: readonly ManifestProblem[]; readonly unchecked?: string }> {
  if (session.reading?.pipeline === undefined) return { problems: [] };
  try {
    const findings = await schemaFindings(session, services.clock);
    return { problems: locateFindings(findings, await readFile(manifest, 'utf8')) };
  } catch (thrown) {
    if (!(thrown instanceof WarehouseError)) throw thrown;
    return { problems: [], unchecked: thrown.message };
  }
}

/** Lines and columns count from 1, as in the table. */
function problemJson({ file, problem }: Found, cwd: string) {
  const { severity, code, message, range, fix, statement } = problem;
  const place = ({ start, end }: ManifestProblem['range']) => ({
    line: start.line + 1,
    column: start.column + 1,
    endLine: end.line + 1,
    endColumn: end.column + 1,
  });
  return {
    file: shownPath(file, cwd),
    ...place(range),
    severity,
    code,
    message,
    ...(fix !== undefined && { replacement: { ...place(fix.range), text: fix.newText } }),
    ...(statement !== undefined && { statement }),
  };
}
