import type { CodeAction, Diagnostic } from 'vscode-languageserver';
import { CodeActionKind, DiagnosticSeverity, type Range } from 'vscode-languageserver';
import type { Unavailable } from '../../core/observation/observation';
import type { ManifestProblem, Pipeline, TextRange } from '../../core/pipeline';
import type { SchemaFinding } from '../../core/schemaCheck/finding';
import { COPY_TEXT } from '../../protocol/contributions/commands';

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
} as const satisfies Record<ManifestProblem['severity'], DiagnosticSeverity>;

const SOURCE = 'backfill';

/** What mends a problem travels with its diagnostic, so that no state is kept between publishing it and being asked for actions. */
type Mends = Pick<ManifestProblem, 'fix' | 'statement'>;

export function diagnosticOf({ severity, code, message, range, fix, statement }: ManifestProblem): Diagnostic {
  const mends: Mends = { ...(fix !== undefined && { fix }), ...(statement !== undefined && { statement }) };
  return {
    severity: SEVERITIES[severity],
    code,
    message,
    source: SOURCE,
    range: rangeOf(range),
    ...(Object.keys(mends).length > 0 && { data: mends }),
  };
}

/**
 * Tables and columns of the manifest that the warehouse refused to read, at the node that names them.
 * @param told ids of nodes of which the schema check says the same, better.
 */
export function unavailableDiagnostics(
  pipeline: Pipeline,
  unavailable: ReadonlyMap<string, Unavailable>,
  told: ReadonlySet<string>,
): Diagnostic[] {
  return pipeline.nodes.flatMap((node) => {
    const trouble = unavailable.get(node.id);
    if (trouble === undefined || told.has(node.id)) return [];
    const range = rangeOf(node.range);
    const line = { start: range.start, end: { line: range.start.line, character: Number.MAX_SAFE_INTEGER } };
    return [{ severity: DiagnosticSeverity.Warning, code: 'unavailable', message: trouble.error, source: SOURCE, range: line }];
  });
}

/** What keeps a node from being read at all. */
const REFUSALS: ReadonlySet<SchemaFinding['code']> = new Set(['missingTable', 'unreadableTable', 'missingColumn', 'unknownName']);

/** The nodes that cannot be read for what the schema check found. */
export function nodesRefusedFor(findings: readonly SchemaFinding[]): ReadonlySet<string> {
  const ids = findings.flatMap(({ code, at: { owner, key } }) =>
    owner.kind === 'node' && REFUSALS.has(code) && key !== 'writes' ? [owner.id] : [],
  );
  return new Set(ids);
}

/** Quick fixes of our diagnostics among those that the editor shows at the cursor: edits of the manifest, and statements to copy. */
export function fixesOf(uri: string, diagnostics: readonly Diagnostic[]): CodeAction[] {
  return diagnostics.flatMap((diagnostic) => {
    if (diagnostic.source !== SOURCE || !isMends(diagnostic.data)) return [];
    const { fix, statement } = diagnostic.data;
    const shared = { kind: CodeActionKind.QuickFix, diagnostics: [diagnostic] };
    const actions: CodeAction[] = [];
    if (fix !== undefined) {
      const edit = { changes: { [uri]: [{ range: rangeOf(fix.range), newText: fix.newText }] } };
      actions.push({ ...shared, title: fix.title, isPreferred: true, edit });
    }
    if (statement !== undefined) {
      const title = `Copy ${statement.split(' ', 1)[0]} statement`;
      actions.push({ ...shared, title, command: { title, command: COPY_TEXT, arguments: [statement] } });
    }
    return actions;
  });
}

function rangeOf({ start, end }: TextRange): Range {
  return {
    start: { line: start.line, character: start.column },
    end: { line: end.line, character: end.column },
  };
}

function isMends(data: unknown): data is Mends {
  return typeof data === 'object' && data !== null && ('fix' in data || 'statement' in data);
}
