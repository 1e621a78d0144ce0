import type { FailuresKnown } from '../../app/session/pipelineRecords';
import { formatDay } from '../../base/day';
import { counted, formatCount, formatInstant } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { escaped } from '../../base/markdown';
import type { FailureTable } from '../../core/pipeline';
import { countFailures, type Failure, type FailureCategory, type FailureKind } from '../../core/records/failures';
import { failureTableName } from '../../core/records/records';
import {
  countsText,
  failureText,
  KIND_SENTENCES,
  KIND_WORDS,
  oneLine,
  STALE_WORDS,
  whomText,
} from '../../core/records/recordWords';
import { MOST_RECORDS } from '../../core/sql/records';
import type { TreeNode } from '../../protocol/messages';
import type { NodeTarget } from '../../protocol/targets';
import { commandLink } from '../commandLink';
import { ageText } from '../coverage/coverageMessages';
import { messageNode } from '../trees/messageNode';
import type { Look } from '../trees/statusLooks';

const ROOT = 'failures';
/** Names that no processor has; no id begins so. */
const OTHERS = '@others';
/** More dates of one category would be a list that nobody reads. */
const MOST_DATES = 200;

const LOOKS: Readonly<Record<FailureKind, Look>> = {
  stop: { icon: 'error', color: 'charts.red' },
  attention: { icon: 'warning', color: 'charts.yellow' },
  expected: { icon: 'info', color: 'descriptionForeground' },
};
const STALE_LOOK: Look = { icon: 'history', color: 'descriptionForeground' };

/** What the tree shows: the failures as they are known, and how well they are known. */
export interface FailuresTreeSource {
  readonly tables: readonly FailureTable[];
  /** Absent while they were never asked for. */
  readonly known?: FailuresKnown;
  readonly categories: readonly FailureCategory[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The Failures tree: category (what stops first, what is expected last and folded), processor, date. */
export function failuresChildren(source: FailuresTreeSource, parent: string): readonly TreeNode[] {
  if (parent === '') return source.tables.length === 0 ? [] : rootNodes(source);
  const [, kind, word, who, name] = parent.split('/');
  if (word === undefined) {
    return kind === 'expected' ? source.categories.filter((category) => category.kind === 'expected').map(categoryNode) : [];
  }
  const category = categoryAt(source, parent);
  if (category === undefined) return [];
  if (who === undefined) return processorNodes(category, parent);
  if (who === OTHERS && name === undefined) return otherNodes(category, parent);
  return dateNodes(category, failuresAt(category, parent), parent);
}

/** The tooltip of a node as Markdown; empty for a node that is gone or has none. */
export function failuresTooltip(source: FailuresTreeSource, id: string): string {
  const [, kind = '', , who] = id.split('/');
  if (kind === '@problem') {
    const { problem, reading } = source.known ?? {};
    if (problem === undefined) return '';
    const shown = reading === undefined ? '' : `\n\nWhat is shown was read ${formatInstant(reading.readAt)}.`;
    return `${escaped(problem.message)}\n\nSince ${formatInstant(problem.since)}.${shown}`;
  }
  if (kind.startsWith('@table')) return escaped(source.known?.reading?.errors.get(Number(kind.slice(6)))?.message ?? '');
  const category = categoryAt(source, id);
  if (category === undefined) return '';
  const head = [`**${escaped(category.name)}** · ${KIND_WORDS[category.kind]}`, meaningText(category)];
  if (who === undefined) {
    const tables = [...new Set(category.failures.map(({ table }) => failureTableName(table)))];
    return [...head, `${countsText(category.counts)} · ${escaped(tables.join(', '))}`].join('\n\n');
  }
  const date = id.split('/')[who === OTHERS ? 5 : 4];
  const found = failuresAt(category, id).filter(({ day }) => date === undefined || formatDay(day) === date);
  const [first] = found;
  if (first === undefined) return '';
  if (date === undefined) return [...head, `${escaped(first.name)}: ${countsText(countFailures(found))}`].join('\n\n');
  const told = found.map((failure) => `- ${escaped(failureText(failure))} · ${escaped(failureTableName(failure.table))}`);
  const lines = [...head, `**${escaped(first.name)} ${date}**`, told.join('\n')];
  if (first.processor !== undefined) lines.push(linksTo(first, { nodes: [first.processor.id], from: date, to: date }));
  return lines.join('\n\n');
}

function linksTo({ processor, kind }: Failure, target: NodeTarget): string {
  const links = [commandLink('Explain', 'backfill.explain', target)];
  if (kind !== 'expected' && (processor?.run.length ?? 0) > 0) links.push(commandLink('Launch', 'backfill.launch', target));
  return links.join(' · ');
}

function rootNodes({ tables, known, categories, now }: FailuresTreeSource): TreeNode[] {
  const { reading, problem } = known ?? {};
  const nodes: TreeNode[] = [];
  if (problem !== undefined) {
    const age = reading === undefined ? problem.message : `shown: ${ageText(reading.readAt, now)} · click to read again`;
    nodes.push(
      messageNode(`${ROOT}/@problem`, 'Failures cannot be read now', {
        description: age,
        icon: 'warning',
        action: 'refresh',
        hasTooltip: true,
      }),
    );
  } else if (reading === undefined) {
    nodes.push(messageNode(`${ROOT}/@reading`, 'Reading the failure tables…', { icon: 'loading~spin' }));
  }
  for (const [index, { message }] of reading?.errors ?? []) {
    const table = tables[index];
    if (table !== undefined) {
      const label = `${failureTableName(table)} was not read`;
      nodes.push(messageNode(`${ROOT}/@table${index}`, label, { description: message, icon: 'warning', hasTooltip: true }));
    }
  }
  nodes.push(...categories.filter(({ kind }) => kind !== 'expected').map(categoryNode));
  const expected = categories.filter(({ kind }) => kind === 'expected');
  if (expected.length > 0) nodes.push(expectedNode(expected));
  if (reading?.truncated === true) {
    const label = `Only the newest ${formatCount(MOST_RECORDS)} groups were read`;
    nodes.push(messageNode(`${ROOT}/@truncated`, label, { icon: 'ellipsis' }));
  }
  return nodes;
}

function expectedNode(categories: readonly FailureCategory[]): TreeNode {
  const counts = countFailures(categories.flatMap(({ failures }) => failures));
  const description = `no fault · ${countsText(counts)}`;
  return {
    id: `${ROOT}/expected`,
    label: 'Expected',
    description,
    ...LOOKS.expected,
    children: true,
    context: 'category',
    accessibilityLabel: `Expected, ${description}`,
  };
}

function categoryNode(category: FailureCategory): TreeNode {
  const { kind, name, meaning, counts } = category;
  const { stale, partitions } = counts;
  const description = [KIND_WORDS[kind], countsText(counts), ...(meaning === undefined ? [] : [meaning])].join(' · ');
  return {
    id: `${ROOT}/${kind}/${wordOf(name)}`,
    label: name,
    description,
    ...(stale === partitions ? STALE_LOOK : LOOKS[kind]),
    children: true,
    expanded: kind === 'stop',
    context: 'category',
    accessibilityLabel: `${name}, ${description}`,
    hasTooltip: true,
  };
}

function processorNodes({ kind, failures }: FailureCategory, parent: string): TreeNode[] {
  const known = groupBy(
    failures.filter(({ processor }) => processor !== undefined),
    ({ name }) => name,
  );
  const others = failures.filter(({ processor }) => processor === undefined);
  const nodes = [...known].map(([id, found]): TreeNode => {
    const current = found.filter(({ stale }) => stale === undefined);
    const dates = [...new Set((current.length > 0 ? current : found).map(({ day }) => formatDay(day)))].sort();
    const runnable = kind !== 'expected' && (found[0]?.processor?.run.length ?? 0) > 0;
    return {
      ...nameNode(`${parent}/${id}`, id, found),
      context: `processor${runnable ? '+runnable' : ''}`,
      target: { nodes: [id], dates },
    };
  });
  if (others.length > 0) {
    const label = 'Names that no processor has';
    nodes.push({ ...nameNode(`${parent}/${OTHERS}`, label, others), icon: 'question' });
  }
  return nodes;
}

function otherNodes({ failures }: FailureCategory, parent: string): TreeNode[] {
  const others = groupBy(
    failures.filter(({ processor }) => processor === undefined),
    ({ name }) => name,
  );
  return [...others].map(([name, found]) => nameNode(`${parent}/${partOf(name)}`, name === '' ? 'no name' : name, found));
}

function nameNode(id: string, label: string, found: readonly Failure[]): TreeNode {
  const { rows, partitions, stale } = countFailures(found);
  const staleText = stale === 0 ? [] : [stale === partitions ? 'stale' : `${formatCount(stale)} stale`];
  const description = [`${counted(rows, 'failure')} on ${counted(partitions, 'date')}`, ...staleText].join(' · ');
  return {
    id,
    label,
    description,
    icon: 'symbol-event',
    children: true,
    context: 'message',
    accessibilityLabel: `${label}, ${description}`,
    hasTooltip: true,
  };
}

function dateNodes({ kind, name }: FailureCategory, found: readonly Failure[], parent: string): TreeNode[] {
  const days = [...groupBy(found, ({ day }) => day)].sort(([a], [b]) => b - a);
  const nodes = days.slice(0, MOST_DATES).map(([day, failures]): TreeNode => {
    const date = formatDay(day);
    const [first] = failures;
    const stale = failures.every((one) => one.stale !== undefined) ? first?.stale : undefined;
    const reason = failures.map(({ record }) => record.reason).find((text) => text !== undefined);
    const description = [
      ...failures.map(whomText),
      ...(stale === undefined ? [] : [STALE_WORDS[stale]]),
      ...(reason === undefined ? [] : [oneLine(reason, 80)]),
    ].join(' · ');
    const processor = first?.processor;
    const runnable = kind !== 'expected' && (processor?.run.length ?? 0) > 0;
    return {
      id: `${parent}/${date}`,
      label: date,
      description,
      ...(stale === undefined ? LOOKS[kind] : STALE_LOOK),
      children: false,
      context: processor === undefined ? 'message' : `partition${runnable ? '+runnable' : ''}`,
      accessibilityLabel: `${first?.name} ${date}, ${name}, ${description}`,
      hasTooltip: true,
      ...(processor !== undefined && {
        action: 'explain' as const,
        target: { nodes: [processor.id], from: date, to: date },
      }),
    };
  });
  const rest = days.length - nodes.length;
  if (rest <= 0) return nodes;
  const label = `${counted(rest, 'more date')}: \`backfill failures\` lists them`;
  return [...nodes, messageNode(`${parent}/@rest`, label, { icon: 'ellipsis' })];
}

function categoryAt({ categories }: FailuresTreeSource, id: string): FailureCategory | undefined {
  const [, kind, word] = id.split('/');
  return categories.find((category) => category.kind === kind && wordOf(category.name) === word);
}

/** Those of a processor, or of a name that none has. */
function failuresAt({ failures }: FailureCategory, id: string): readonly Failure[] {
  const [, , , who, name] = id.split('/');
  if (who === OTHERS) {
    return failures.filter((one) => one.processor === undefined && (name === undefined || partOf(one.name) === name));
  }
  return failures.filter(({ processor }) => processor?.id === who);
}

/** A category as part of an id; its spellings are one. */
function wordOf(category: string): string {
  return partOf(category.toLowerCase());
}

/** A text as part of an id, whose parts are separated by slashes. */
function partOf(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('/', '%2F');
}

function meaningText({ kind, meaning }: FailureCategory): string {
  return meaning === undefined ? KIND_SENTENCES[kind] : `${escaped(meaning)} · ${KIND_SENTENCES[kind]}`;
}
