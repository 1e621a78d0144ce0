import { formatDay } from '../../base/day';
import { counted, formatCount, formatInstant, formatSeconds, stagesText } from '../../base/figures';
import type { Mode } from '../../base/status';
import type { AttemptFact, Explanation, NeedResult } from '../../core/coverage/coverage';
import { fixesOf } from '../../core/coverage/fixes';
import { reasonReport, rootReport } from '../../core/coverage/report';
import type { PipelineNode } from '../../core/pipeline';
import { failureReport, type Noted, runReport } from '../../core/records/noted';
import { failureText, KIND_WORDS, outcomeText, runDetails } from '../../core/records/recordWords';
import { overlayText, reasonText, refText, rootText } from '../../core/words';
import { STATUS_TONES, statusLabel } from '../statusWords';
import { csv, markdownTable } from '../table';
import { type Terminal, toned } from '../terminal';
import { plain, wrapped } from '../textWidth';
import { outcomeWords } from './backfillFacts';

/** A statement about a partition: under which title, in which state, in words. */
interface Statement {
  readonly about:
    | 'Why'
    | 'Also'
    | 'Needs'
    | 'Root causes'
    | 'To mend it'
    | 'Last attempt'
    | 'Failures noted'
    | 'Runs noted'
    | 'Not read';
  readonly state: string;
  readonly text: string;
}

const VERDICTS: Readonly<Record<NeedResult['verdict'], string>> = { met: '✓ met', unmet: '✗ unmet', unknown: '? unknown' };

function statements(explanation: Explanation, mode: Mode, noted: Noted | undefined): readonly Statement[] {
  const { reasons, overlays, needs, roots, lastAttempt, node, day } = explanation;
  const of = (about: Statement['about'], texts: readonly string[]) =>
    texts.map((text): Statement => ({ about, state: '', text }));
  const self = `backfill explain ${refText({ node, day })}`;
  const fixes = fixesOf(roots, [{ node, day }], mode).flatMap(({ text, command }) =>
    command === undefined || command === self ? [text] : [text, command],
  );
  return [
    ...of('Why', reasons.map(reasonText)),
    ...of('Also', overlays.map(overlayText)),
    ...needs.map(
      ({ verdict, critical, text }): Statement => ({
        about: 'Needs',
        state: VERDICTS[verdict],
        text: critical ? text : `${text} (not critical)`,
      }),
    ),
    ...of('Root causes', roots.map(rootText)),
    ...of('To mend it', fixes),
    ...of('Last attempt', lastAttempt === undefined ? [] : attemptTexts(lastAttempt, refText({ node, day }))),
    ...notedStatements(noted),
  ];
}

function notedStatements(noted: Noted | undefined): readonly Statement[] {
  const { failures = [], runs = [], problems = [] } = noted ?? {};
  return [
    ...failures.map((failure): Statement => {
      const meaning = failure.table.meanings.get(failure.category.toLowerCase());
      const what = meaning === undefined ? failure.category : `${failure.category} (${meaning})`;
      return { about: 'Failures noted', state: KIND_WORDS[failure.kind], text: `${what}: ${failureText(failure)}` };
    }),
    ...runs.map((run): Statement => ({ about: 'Runs noted', state: outcomeText(run), text: runDetails(run) })),
    ...problems.map((text): Statement => ({ about: 'Not read', state: '', text })),
  ];
}

function attemptTexts({ outcome, endedAt, seconds, stages, message, backfill }: AttemptFact, key: string): readonly string[] {
  const said = message === undefined || message === '' ? '' : `: ${message}`;
  const took = [...(seconds === undefined ? [] : [`took ${formatSeconds(seconds)}`]), stagesText(stages)].filter(Boolean);
  return [
    `${outcomeWords(outcome)} on ${formatInstant(endedAt)}${said}`,
    ...(took.length === 0 ? [] : [took.join(': ')]),
    `backfill logs ${backfill} ${key}`,
  ];
}

/** Everything about one partition, for people. */
export function explainText(
  explanation: Explanation,
  node: PipelineNode,
  mode: Mode,
  terminal: Pick<Terminal, 'width' | 'color'>,
  noted?: Noted,
): readonly string[] {
  const { status, readAt } = explanation;
  const lines = [
    `${refText(explanation)}: ${toned(terminal, STATUS_TONES[status], statusLabel(status))}`,
    plain([...(node.name === node.id ? [] : [node.name]), ...node.tables].join(', ')),
    figures(explanation),
  ];
  let about: Statement['about'] | undefined;
  const all = statements(explanation, mode, noted);
  for (const statement of all) {
    if (statement.about !== about) lines.push('', `${statement.about}:`);
    about = statement.about;
    const stateWidth = Math.max(0, ...all.map((other) => (other.about === about ? plain(other.state).length : 0)));
    const indent = stateWidth > 0 ? `  ${plain(statement.state).padEnd(stateWidth)}  ` : '  ';
    const text = plain(statement.text);
    // A command is to be copied: it stays on its line.
    const texts = text.startsWith('backfill ') ? [text] : wrapped(text, Math.max(20, terminal.width - indent.length));
    lines.push(...texts.map((line, index) => (index === 0 ? indent : ' '.repeat(indent.length)) + line));
  }
  if (readAt !== undefined)
    lines.push('', toned(terminal, 'quiet', `Read ${formatInstant(readAt)}; thresholds of mode ${mode}.`));
  return lines;
}

function figures({ rows, entities, expectedRows, status }: Explanation): string {
  if (rows < 0) return 'Never read.';
  const have = [counted(rows, 'row'), ...(entities < 0 ? [] : [counted(entities, 'entity', 'entities')])].join(', ');
  return status === 'off' || expectedRows <= 0
    ? `${have}; nothing is expected.`
    : `${have}; expected at least ${formatCount(expectedRows)}.`;
}

/** What `--format json` adds to `asOf`, `source` and `mode`. */
export function explainReport(
  explanation: Explanation,
  node: PipelineNode,
  mode: Mode,
  noted?: Noted,
): Readonly<Record<string, unknown>> {
  const { day, status, rows, entities, expectedRows, reasons, overlays, needs, roots, lastAttempt, readAt } = explanation;
  const known = (value: number) => (value < 0 ? null : value);
  return {
    [node.kind]: node.id,
    date: formatDay(day),
    status,
    rows: known(rows),
    entities: known(entities),
    expectedRows,
    reasons: reasons.map(reasonReport),
    overlays,
    needs: needs.map(({ verdict, critical, text, offending }) => ({
      verdict,
      critical,
      text,
      offending: offending.map((ref) => ({ node: ref.node, date: formatDay(ref.day) })),
    })),
    roots: roots.map((root) => ({ ...rootReport(root), status: root.status, fix: root.fix })),
    fixes: fixesOf(roots, [{ node: node.id, day }], mode),
    ...(lastAttempt !== undefined && {
      lastAttempt: {
        backfill: lastAttempt.backfill,
        attempt: lastAttempt.attempt,
        outcome: lastAttempt.outcome,
        endedAt: new Date(lastAttempt.endedAt).toISOString(),
        seconds: lastAttempt.seconds,
        stages: lastAttempt.stages,
        category: lastAttempt.category,
        message: lastAttempt.message,
      },
    }),
    ...(readAt !== undefined && { readAt: new Date(readAt).toISOString() }),
    ...(noted !== undefined && {
      failures: noted.failures.map(failureReport),
      runs: noted.runs.map(runReport),
      ...(noted.problems.length > 0 && { notRead: noted.problems }),
    }),
  };
}

function rowsOf(explanation: Explanation, mode: Mode, noted: Noted | undefined): string[][] {
  const { status } = explanation;
  return [
    ['Status', status, figures(explanation)],
    ...statements(explanation, mode, noted).map(({ about, state, text }) => [about, plain(state), plain(text)]),
  ];
}

export function explainCsv(explanation: Explanation, mode: Mode, noted?: Noted): string {
  return csv(['about', 'state', 'text'], rowsOf(explanation, mode, noted));
}

export function explainMarkdown(explanation: Explanation, mode: Mode, noted?: Noted): string {
  return markdownTable(
    [{ title: refText(explanation) }, { title: 'State' }, { title: 'What' }],
    rowsOf(explanation, mode, noted),
  );
}
