import type { CodeAction, Diagnostic } from 'vscode-languageserver';
import { CodeActionKind, DiagnosticSeverity, type Range } from 'vscode-languageserver';
import type { Unavailable } from '../core/observation';
import type { ManifestProblem, Pipeline, TextRange } from '../core/pipeline';

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
} as const satisfies Record<ManifestProblem['severity'], DiagnosticSeverity>;

const SOURCE = 'backfill';

/** A fix travels with its diagnostic, so that no state is kept between publishing it and being asked for actions. */
type Fix = NonNullable<ManifestProblem['fix']>;

export function diagnosticOf({ severity, code, message, range, fix }: ManifestProblem): Diagnostic {
  return {
    severity: SEVERITIES[severity],
    code,
    message,
    source: SOURCE,
    range: rangeOf(range),
    ...(fix !== undefined && { data: fix }),
  };
}

/** Tables and columns of the manifest that the warehouse refused to read, at the node that names them. */
export function unavailableDiagnostics(pipeline: Pipeline, unavailable: ReadonlyMap<string, Unavailable>): Diagnostic[] {
  return pipeline.nodes.flatMap((node) => {
    const trouble = unavailable.get(node.id);
    if (trouble === undefined) return [];
    const range = rangeOf(node.range);
    const line = { start: range.start, end: { line: range.start.line, character: Number.MAX_SAFE_INTEGER } };
    return [{ severity: DiagnosticSeverity.Warning, code: 'unavailable', message: trouble.error, source: SOURCE, range: line }];
  });
}

/** Quick fixes of our diagnostics among those that the editor shows at the cursor. */
export function fixesOf(uri: string, diagnostics: readonly Diagnostic[]): CodeAction[] {
  return diagnostics.flatMap((diagnostic) => {
    if (diagnostic.source !== SOURCE || !isFix(diagnostic.data)) return [];
    const { title, range, newText } = diagnostic.data;
    return [
      {
        title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        isPreferred: true,
        edit: { changes: { [uri]: [{ range: rangeOf(range), newText }] } },
      },
    ];
  });
}

function rangeOf({ start, end }: TextRange): Range {
  return {
    start: { line: start.line, character: start.column },
    end: { line: end.line, character: end.column },
  };
}

function isFix(data: unknown): data is Fix {
  return typeof data === 'object' && data !== null && 'title' in data && 'newText' in data && 'range' in data;
}
